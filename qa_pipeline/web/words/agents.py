"""Words of the pages of agents and teams; what they share with the reports stands in reporting/wording.py."""

WORDS = {
    "ag_period_4": ("4 weeks", "近 4 周"),
    "ag_period_13": ("13 weeks", "近 13 周"),
    "ag_period_all": ("All calls", "全部通话"),
    "ag_counted_back": ("counted back from the newest call", "自最近一通通话往前推算"),
    "ag_order": ("Order", "排列方式"),
    "ag_by_name": ("By name", "按姓名"),
    "ag_by_mean": ("By mean", "按平均分"),
    "ag_sorted_note": (
        (
            "Sorted by mean, among those with {min} or more scored calls. This is no ranking: where intervals overlap, "
            "the order may well be chance."
        ),
        "仅对已评分通话不少于 {min} 通的座席按平均分排列。这不是排名：置信区间重叠时，先后顺序可能只是偶然。",
    ),
    "ag_too_few_to_sort": (
        "By name: fewer than {min} scored calls, not compared",
        "以下按姓名排列：已评分通话不足 {min} 通，不作比较",
    ),
    "ag_team_mean": ("Team mean", "团队平均"),
    "ag_unnamed": ("{n} call names no agent|{n} calls name no agent", "另有 {n} 通未注明座席"),
    "ag_spark": ("By week: {first} at first, {last} last, {n} weeks", "按周：首周 {first}，末周 {last}，共 {n} 周"),
    "ag_map": ("Pass rates", "通过率热力图"),
    "ag_map_how": (
        (
            "Passes out of passes and fails; n is how many were decided. Hatched: fewer than {min} decided, too few "
            "for a colour. A cell leads to the moments behind it."
        ),
        (
            "通过次数 ÷（通过＋未通过）；n 为已判定次数。"
            "斜线格表示已判定不足 {min} 次，不着色。点击单元格可查看对应的通话片段。"
        ),
    ),
    "ag_legend": ("Colours of the map", "颜色说明"),
    "ag_few_legend": ("fewer than {min} decided", "已判定不足 {min} 次"),
    "ag_few_cell": ("{hits} of {n}", "{hits} / {n}"),
    "ag_cell": (
        "{hits} of {n} passed; 95% interval {low}–{high}",
        "{n} 次中通过 {hits} 次；95% 置信区间 {low}–{high}",
    ),
    "ag_choose_team": (
        "Open a team to see its criteria agent by agent, and trends.",
        "点击团队名称，可查看各座席的质检项热力图与走势。",
    ),
    "ag_how_order": (
        (
            "Agents stand by name, not by score. Those with fewer than {min} scored calls are not compared. A small "
            "line is the mean by week, from 0 to 100."
        ),
        "座席按姓名排列，不按得分排名；已评分通话不足 {min} 通的不作比较。小折线为每周平均分，纵轴 0–100。",
    ),
    "ag_teams": ("Teams", "团队"),
    "ag_teams_beside": ("Teams side by side", "各团队并列查看"),
    "ag_teams_order": ("Teams stand by name.", "团队按名称排列。"),
    "ag_parity": (
        (
            "Before you compare teams: do they take the same kind of call, in the same language, at the same hours? "
            "Where many calls await review, the machine heard less, and the mean is lower than deserved until people "
            "decide. A team with several languages is shown by language too."
        ),
        (
            "比较团队之前请先确认：通话类型、语种、班次是否相同？待复核占比高，说明机器能判定的内容较少，"
            "人工复核之前平均分会偏低。多语种团队会另按语种列出。"
        ),
    ),
    "ag_my_scorecard": ("My scorecard", "我的评分卡"),
    "ag_by_person": ("decided by a person", "人工判定"),
    "ag_no_moments": ("No call has this verdict in this period.", "该时段内没有此判定的通话。"),
    "ag_make_plan": ("Make a coaching plan", "制定辅导计划"),
    "ag_plans": ("Coaching plans", "辅导计划"),
    "ag_all_passed": ("Nothing failed, nothing is open.", "无未通过项，也无未判定项。"),
    "ag_looked_at": (
        (
            "What follows rests on the newest {n} of these {of} calls, and so do the complaints above; "
            "all other figures above rest on all of them."
        ),
        "以下内容（以及上方的投诉数）依据这 {of} 通中最近的 {n} 通；上方其余数字依据全部通话。",
    ),
}
