"""Words of calibration."""

WORDS = {
    "cal_title": ("Calibration", "校准"),
    "cal_lead": (
        (
            "Several people judge the same calls without knowing what the others, or the machine, said. Nothing of it "
            "touches anybody's score."
        ),
        "多名质检员在互不知情、也看不到机器判定的情况下评判同一批通话。校准结果不影响任何人的得分。",
    ),
    "cal_new": ("New session", "新建校准"),
    "cal_none": ("No session yet.", "暂无校准会。"),
    "cal_none_mine": ("Nobody has asked you to a session yet.", "暂无需要您参加的校准会。"),
    "cal_session": ("Session", "校准会"),
    "cal_state": ("State", "状态"),
    "cal_open": ("answers come in", "作答中"),
    "cal_over": ("answers are open", "已揭晓"),
    "cal_overdue": ("overdue", "已逾期"),
    "cal_due": ("Due", "截止日期"),
    "cal_no_due": ("no date", "未设截止日期"),
    "cal_yours": ("Your part", "我的进度"),
    "cal_not_yours": ("not taking part", "未参加"),
    "cal_handed_in": ("handed in", "已提交"),
    "cal_progress": ("{done} of {of} answered", "已答 {done} / {of}"),
    "cal_submitted_of": ("{done} of {of} handed in", "{done} / {of} 人已提交"),
    "cal_opened": ("Opened", "创建时间"),
    "cal_people": ("People", "参加人"),
    "cal_machine": ("Machine", "机器"),
    "cal_expert": ("Expert", "专家基准"),
    "cal_trend": ("Agreement over time: {title}", "一致性走势：{title}"),
    "cal_trend_about": (
        (
            "Krippendorff's alpha among people by session, with its 95% interval. From 0.8 verdicts are reliable, from "
            "0.667 good for tentative conclusions."
        ),
        "各次校准会的人员间 Krippendorff α 及其 95% 置信区间。不低于 0.8 为可靠，不低于 0.667 仅可作初步结论。",
    ),
    # new
    "cal_new_title": ("New calibration session", "新建校准会"),
    "cal_name": ("Title", "标题"),
    "cal_scorecard": ("Scorecard", "评分表"),
    "cal_calls": ("Which calls", "选取通话"),
    "cal_how_draw": ("Draw at random", "随机抽取"),
    "cal_how_slice": ("Draw from the queue's random slice", "从复核队列的随机抽样中抽取"),
    "cal_how_ids": ("These calls", "指定通话"),
    "cal_how_about": (
        "Calls of earlier sessions, and those that a participant has already decided on, are not drawn.",
        "往次校准会用过的通话，以及参加人已判定过的通话，不会被抽中。",
    ),
    "cal_n": ("How many", "数量"),
    "cal_seed": ("Seed", "随机种子"),
    "cal_seed_about": ("The same seed draws the same calls again.", "相同的种子可重现同一批通话。"),
    "cal_since": ("From calls since", "起始日期（可选）"),
    "cal_ids": ("Call ids, one a line", "通话编号，每行一个"),
    "cal_who": ("Who takes part", "参加人"),
    "cal_who_about": (
        "Two or more. You may take part; then you are as blind as the others.",
        "至少两人。您也可以参加，但同样看不到他人答案和机器判定。",
    ),
    "cal_expert_pick": ("Expert whose answers are the baseline", "作为基准的专家（可选）"),
    "cal_no_expert_pick": ("No expert: the majority counts", "不设专家，以多数意见为准"),
    "cal_open_it": ("Open the session", "创建校准会"),
    # worklist
    "cal_chosen_ids": ("Calls were named by the lead.", "通话由主管指定。"),
    "cal_chosen_draw": ("Calls were drawn at random, seed {seed}.", "通话为随机抽取，种子 {seed}。"),
    "cal_chosen_slice": (
        "Calls were drawn from the queue's random slice, seed {seed}.",
        "通话抽自复核队列的随机抽样，种子 {seed}。",
    ),
    "cal_blind": (
        "You judge blindly: the machine's verdicts and the others' answers show when all have handed in.",
        "本次为盲评：所有人提交之后，才能看到机器判定和他人答案。",
    ),
    "cal_blind_lead": (
        "Answers show when all have handed in, to you as to everybody.",
        "所有人提交之后才会显示答案，主管也不例外。",
    ),
    "cal_items": ("Answered", "已答"),
    "cal_go_on": ("Go on with the next call", "继续下一通"),
    "cal_submit": ("Hand in", "提交"),
    "cal_submit_about": (
        "All items are answered. Handing in is final: after it nothing can be changed.",
        "全部项目均已作答。提交后不可再修改。",
    ),
    "cal_submit_wait": (
        "You can hand in when all {n} items are answered.",
        "{n} 项全部作答后方可提交。",
    ),
    "cal_submitted_you": (
        "You have handed in. Answers show when everybody has.",
        "您已提交。所有人提交后即可查看答案。",
    ),
    "cal_close": ("End the session now", "立即结束"),
    "cal_close_about": (
        "Who has not handed in is left out: {names}. The audit log keeps that you did it.",
        "未提交者将不计入结果：{names}。此操作会记入审计日志。",
    ),
    # call
    "cal_call_of": ("Call {at} of {of}", "第 {at} / {of} 通"),
    "cal_listen": ("Listen", "收听"),
    "cal_transcript": ("Transcript", "转写文本"),
    "cal_seek": ("Play from {at}", "从 {at} 播放"),
    "cal_judge": ("Your answers", "您的评判"),
    "cal_rate_not": ("Did the agent meet the standard?", "座席是否达到标准？"),
    "cal_unsure": ("Unsure", "不确定"),
    "cal_note": ("Note, for the talk afterwards", "备注，供讨论时参考"),
    "cal_saved": ("saved", "已保存"),
    "cal_not_saved": ("Choose an answer; then the note is kept too.", "请先选择答案，备注会一并保存。"),
    "cal_no_standard": ("No written standard.", "未写明标准。"),
    "cal_before": ("Previous call", "上一通"),
    "cal_after": ("Next call", "下一通"),
    "cal_back": ("All calls of the session", "返回校准会"),
    "cal_final": ("You have handed in; your answers stay as they are.", "您已提交，答案不可再修改。"),
    "cal_keys": (
        (
            "j / k: next, previous criterion · 1 pass, 2 fail, 3 not applicable, 4 unsure · n: note · p: play, pause · "
            "b: back 5 seconds"
        ),
        "j / k：下一项、上一项 · 1 通过、2 未通过、3 不适用、4 不确定 · n：备注 · p：播放、暂停 · b：后退 5 秒",
    ),
    "cal_hear_first": ("The sound cannot be played here.", "无法在此播放录音。"),
    # results
    "cal_closed": ("answers open since {at}", "揭晓时间 {at}"),
    "cal_export": ("All answers as CSV", "导出全部答案（CSV）"),
    "cal_among": ("People among themselves", "人员之间"),
    "cal_with": ("People and the machine", "人与机器"),
    "cal_alpha": ("Krippendorff's alpha", "Krippendorff α"),
    "cal_alpha_of": ("Alpha, 95% interval", "α 及 95% 置信区间"),
    "cal_kappa": ("Cohen's kappa", "Cohen κ"),
    "cal_kappa_mean": ("Cohen's kappa, mean of pairs", "Cohen κ（两两平均）"),
    "cal_kappa_expert": ("Cohen's kappa against the expert", "Cohen κ（对照专家）"),
    "cal_fleiss": ("Fleiss' kappa", "Fleiss κ"),
    "cal_all_agree": ("All say the same", "全体一致"),
    "cal_agree": ("Agree", "一致"),
    "cal_undecided": ("Machine undecided", "机器未判定"),
    "cal_word": ("Good for", "可用程度"),
    "cal_reliable": ("reliable", "可靠"),
    "cal_tentative": ("tentative", "仅供初步参考"),
    "cal_not_reliable": ("not reliable", "不可靠"),
    "cal_too_few": ("too few to say", "样本过少"),
    "cal_colon": (": ", "："),
    "cal_untold": ("cannot be told", "无法计算"),
    "cal_no_interval": ("no interval", "无区间"),
    "cal_rate": ("{hits} of {n}", "{hits} / {n}"),
    "cal_range": ("{low} to {high}", "{low} 至 {high}"),
    "cal_of_criterion": ("By criterion", "按质检项"),
    "cal_all_criteria": ("All criteria", "全部质检项"),
    "cal_pairs": ("Pair by pair", "两两比较"),
    "cal_pair": ("Pair", "组合"),
    "cal_strict": ("Who is strict, who is lenient", "宽严程度"),
    "cal_strict_expert": (
        "Against the expert, on items that both passed or failed.",
        "与专家对照，仅计双方均判通过或未通过的项目。",
    ),
    "cal_strict_others": (
        (
            "Against what more than half of the others said, on items passed or failed. People who are all lenient "
            "in the same way do not show."
        ),
        "与其他人的多数意见对照，仅计判通过或未通过的项目。若所有人同样偏松，则无法看出。",
    ),
    "cal_failed_passed": ("Failed what it passed", "偏严：对方通过而判未通过"),
    "cal_passed_failed": ("Passed what it failed", "偏松：对方未通过而判通过"),
    "cal_no_occasion": ("no occasion", "无此情形"),
    "cal_who_said": ("Who said what", "逐项答案"),
    "cal_differ_n": ("People differ on {n} of {of} items.", "{of} 项中有 {n} 项意见不一致。"),
    "cal_only_differing": ("Only where somebody differs", "仅看不一致"),
    "cal_everything": ("Show all items", "显示全部"),
    "cal_all_same": ("All said the same here.", "此通话各方意见一致。"),
    "cal_differs": ("people differ", "意见不一致"),
    "cal_odd": ("differs", "不同"),
    "cal_talk": ("Listen and talk over", "收听并讨论"),
    "cal_notes_n": ("{n} note|{n} notes", "{n} 条讨论记录"),
    "cal_left_out": ("Left out, because they had not handed in: {names}.", "因未提交而未计入：{names}。"),
    "cal_no_expert": (
        "The expert had not handed in: the majority is the baseline.",
        "专家未提交，以多数意见为基准。",
    ),
    "cal_alone": (
        "Fewer than two people handed in: there is no agreement to measure.",
        "提交人数不足两人，无法计算一致性。",
    ),
    "cal_few": (
        (
            "{n} calls are few: below {enough} items the intervals by criterion are too narrow, and below 10 there "
            "is none. Look at the single calls."
        ),
        "通话仅 {n} 通，样本偏少：不足 {enough} 项时分项区间偏窄，不足 10 项不给出区间。请结合具体通话判断。",
    ),
    "cal_one_label": (
        "Everybody gave the same answer to everything. That is agreement, but no coefficient can tell it from habit.",
        "所有人对所有项目给出了同一答案。意见确实一致，但任何系数都无法将其与习惯性作答区分开。",
    ),
    "cal_paradox": (
        (
            "People mostly agree, and yet alpha is low: nearly all answers are the same, so that much agreement "
            "comes by chance. Take calls with more fails."
        ),
        "一致率高而 α 偏低：几乎所有答案都相同，偶然一致的可能性很大。建议加入更多未通过的通话。",
    ),
    "cal_pooled": (
        (
            "The figures over all criteria flatter: to know which criterion nearly always passes counts as agreement "
            "there. Judge by the single criterion."
        ),
        "全部质检项合并的数字偏高：知道哪一项几乎总会通过，也会被算作一致。请以单项结果为准。",
    ),
    "cal_meaning": ("What the figures mean", "指标说明"),
    "cal_meaning_agree": (
        (
            "All say the same: the share of items on which everybody gave one answer, with its 95% interval. Nothing "
            "is taken off for chance."
        ),
        "全体一致：所有人答案相同的项目占比及其 95% 置信区间，未扣除偶然一致。",
    ),
    "cal_meaning_kappa": (
        (
            "Kappa and alpha take off what chance would give: 1 is full agreement, 0 as much as by chance, below 0 "
            "less. Cohen compares two people, Fleiss all at once, alpha also bears gaps: judge by alpha."
        ),
        (
            "κ 与 α 扣除了偶然一致：1 为完全一致，0 相当于随机，负值低于随机。"
            "Cohen κ 比较两人，Fleiss κ 比较多人，α 还允许缺项；请以 α 为准。"
        ),
    ),
    "cal_meaning_unsure": (
        (
            "For people unsure is an answer like the others. Where the machine was unsure a person looks anyway; "
            "such items stand aside in “Machine undecided”."
        ),
        "人员的“不确定”作为一种答案参与计算；机器未判定的项目本就交由人工，单列于“机器未判定”。",
    ),
    "cal_meaning_baseline": (
        "The machine is compared with the expert or, without one, with what more than half of the people said.",
        "机器与专家答案对照；未设专家时，与半数以上人员的答案对照。",
    ),
    # talk
    "cal_what_all": ("What all said", "各方答案"),
    "cal_machine_says": ("Machine", "机器判定"),
    "cal_talk_notes": ("What we agreed", "讨论结论"),
    "cal_talk_add": ("Add a note", "添加讨论记录"),
    "cal_talk_save": ("Keep", "保存"),
    # errors
    "error_calibration_people": (
        "Choose two people or more who may calibrate.",
        "请选择至少两名可参加校准的人员。",
    ),
    "error_calibration_calls": ("A session has 1 to 50 calls.", "每次校准会为 1 至 50 通通话。"),
    "error_calibration_scorecard": ("Choose a scorecard.", "请选择评分表。"),
    "error_calibration_number": ("A whole number is needed.", "请填写整数。"),
    "error_calibration_day": ("A day is written 2026-12-31.", "日期格式为 2026-12-31。"),
    "error_calibration_over": ("The session is over; answers stay as they are.", "校准会已结束，答案不可再修改。"),
    "error_calibration_submitted": (
        "You have handed in; your answers stay as they are.",
        "您已提交，答案不可再修改。",
    ),
    "error_calibration_unanswered": (
        "Some items are not answered yet. Unsure is an answer, too.",
        "仍有未作答的项目；“不确定”也是一种答案。",
    ),
    "error_calibration_answer": ("Choose one of the answers.", "请选择一个答案。"),
    "error_calibration_blind": (
        "The session is not over: nobody sees answers yet.",
        "校准会尚未结束，暂不能查看答案。",
    ),
}
