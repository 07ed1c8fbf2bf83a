"""Words of coaching."""

WORDS = {
    "co_title": ("Coaching", "辅导"),
    "co_lead": (
        "One thing at a time, heard together, agreed by both, and looked at again.",
        "一次只抓一个重点：一起听、双方认可、定期回看。",
    ),
    "co_none": ("No plan yet.", "暂无辅导计划。"),
    "co_none_lead": (
        "No plan yet. Open an agent's page and make one from there.",
        "暂无辅导计划，可在座席页面中制定。",
    ),
    "co_plan": ("Plan", "计划"),
    "co_focus": ("Focus", "重点项目"),
    "co_state": ("State", "状态"),
    "co_follow_up": ("Follow up on", "回看日期"),
    "co_actions_done": ("Actions done", "行动完成"),
    "co_open": ("Open", "进行中"),
    "co_closed": ("Closed", "已结束"),
    "co_agreed": ("Agreed by the agent", "座席已认可"),
    "co_not_agreed": ("Not agreed yet", "待座席认可"),
    "co_due": ("Follow-up is due", "已到回看日期"),
    "co_new": ("New plan for {name}", "为 {name} 制定辅导计划"),
    "co_proposed": ("What to work on first", "建议优先改进"),
    "co_proposed_how": (
        (
            "Proposed by gap × weight × number of calls: what is missing to nine passes in ten, what it is worth, how "
            "often it came up. Each has at least two own moments. Listen before you choose: the machine may be wrong."
        ),
        (
            "按“差距 × 权重 × 次数”提出：与九成通过率的差距、该项分值、出现频次。每项至少有两个本人片段。"
            "选定前请先听录音：机器也可能判错。"
        ),
    ),
    "co_nothing_proposed": (
        (
            "Nothing to propose: no criterion is below nine passes in ten with at least two moments to listen to. "
            "Choose a focus yourself, or look at another period."
        ),
        "暂无建议：没有通过率低于九成且至少有两个可听片段的项目。可自行选择重点，或更换时段。",
    ),
    "co_behaviour": (
        "{hits} of {n} passed ({low}–{high})",
        "{n} 次中通过 {hits} 次（{low}–{high}）",
    ),
    "co_team_rate": ("team {rate}", "团队 {rate}"),
    "co_whole_team": (
        "The whole team is low here: look at the script, the process or the machine before you look at the agent.",
        "全团队该项均偏低：请先检查话术、流程或机器判定，再谈个人。",
    ),
    "co_own_clip": ("Own call", "本人通话"),
    "co_peer_clip": ("A good example by a colleague", "同事的优秀示例"),
    "co_peer_note": (
        "The agent hears the moment only; neither name nor call is shown.",
        "座席只能听到该片段，不显示姓名与通话。",
    ),
    "co_take_clip": ("Put into the plan", "加入计划"),
    "co_plan_title": ("Title", "标题"),
    "co_choose_focus": ("Another criterion", "其他质检项"),
    "co_note": ("Note: what you see, what should be different", "说明：观察到的情况与期望的改变"),
    "co_first_action": ("First agreed action", "第一项约定行动"),
    "co_owner": ("Who does it", "负责人"),
    "co_owner_agent": ("Agent", "座席"),
    "co_owner_lead": ("Team lead", "班组长"),
    "co_due_on": ("By", "截止日期"),
    "co_make": ("Make the plan", "建立计划"),
    "co_written_by": ("{name}, {when}", "{name}，{when}"),
    "co_clips": ("Listen together", "一起听"),
    "co_no_clips": ("No moment yet. Put one in from a call's page.", "暂无片段，可在通话页面加入。"),
    "co_drop": ("Take out", "移除"),
    "co_at": ("{start} to {end}", "{start} 至 {end}"),
    "co_play": ("Play {start} to {end}", "播放 {start} 至 {end}"),
    "co_actions": ("Agreed actions", "约定行动"),
    "co_no_actions": ("Nothing agreed yet.", "暂无约定行动。"),
    "co_action_text": ("What will be done", "行动内容"),
    "co_add_action": ("Add", "添加"),
    "co_tick": ("Mark done", "标记完成"),
    "co_untick": ("Not done", "取消完成"),
    "co_done_at": ("done {when}", "{when} 完成"),
    "co_agree": ("I agree to this plan", "我认可此计划"),
    "co_agree_note": (
        "Agreeing means that you have heard the moments and take on your actions. You may still question judgements.",
        "认可表示您已听过这些片段并愿意执行约定行动；您仍可就任一判定提出申诉。",
    ),
    "co_agreed_at": ("Agreed by the agent on {when}", "座席于 {when} 认可"),
    "co_again": (
        "A new action asks the agent to agree again.",
        "新增行动后需座席重新认可。",
    ),
    "co_close": ("Close the plan", "结束计划"),
    "co_closed_at": ("Closed on {when}", "{when} 结束"),
    "co_after_title": ("Before and after", "前后对比"),
    "co_before": ("Before", "之前"),
    "co_after": ("After", "之后"),
    "co_gained": ("Difference", "变化"),
    "co_says": ("What that says", "结论"),
    "co_points": ("points", "分"),
    "co_pp": ("percentage points", "个百分点"),
    "co_focus_rate": ("Pass rate: {title}", "通过率：{title}"),
    "co_change_too_few": (
        "Too few calls to tell: {min} on each side are needed.",
        "通话太少，无法判断：前后各需至少 {min} 通。",
    ),
    "co_change_unclear": ("No clear change: chance alone may explain it.", "无明显变化：可能只是偶然波动。"),
    "co_change_better": ("Better, more than chance would explain.", "有改善，超出偶然波动。"),
    "co_change_worse": ("Worse, more than chance would explain.", "有下降，超出偶然波动。"),
    "co_windows": (
        (
            "Before: calls of the {days} days before the plan. After: calls since, up to its end. "
            "The day itself is in neither."
        ),
        "之前：计划建立前 {days} 天内的通话；之后：此后至计划结束的通话；当天不计入。",
    ),
    "co_regression": (
        (
            "A plan is made when figures are low, and low figures tend to rise by themselves. A rise alone is no proof "
            "that coaching did it."
        ),
        "计划往往在数据偏低时制定，而偏低的数据本身就容易回升；仅有回升并不能证明是辅导的效果。",
    ),
    "co_no_focus": ("No single criterion", "不限单项"),
    "co_gone": ("the call is not scored any more", "该通话已无得分"),
    "error_plan_closed": ("The plan is closed; make a new one.", "计划已结束，请新建计划。"),
    "error_not_yours": ("This is for the other side to do.", "此项须由对方完成。"),
    "error_unknown_clip": (
        "The call has no such moment, or it is longer than two minutes.",
        "通话中没有这个片段，或片段超过两分钟。",
    ),
}
