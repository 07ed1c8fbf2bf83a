"""The words on pages and in the workbook, English and Chinese side by side so that none can lack."""

from __future__ import annotations

from collections.abc import Iterable

from qa_pipeline.domain import AgentScorecard
from qa_pipeline.reporting.complaint_words import COMPLAINT_WORDS

LANGUAGES = ("en", "zh")

# A "|" parts the singular from the plural; `n` decides.
_WORDS: dict[str, tuple[str, str]] = {
    "title": ("Quality scorecard", "质检评分卡"),
    "index_title": ("Quality scorecards", "质检评分卡总览"),
    "all_agents": ("All agents", "返回总览"),
    "agent": ("Agent", "座席"),
    "agent_id": ("Agent no.", "工号"),
    "customer": ("Customer", "客户"),
    "unknown": ("Speaker", "说话人"),
    "no_agent": ("Agent not named", "未注明座席"),
    "no_team": ("No team", "未分组"),
    "team": ("Team", "团队"),
    "period": ("Period", "统计周期"),
    "scorecards": ("Scorecard", "评分表"),
    "version": ("version {version}", "版本 {version}"),
    "calls": ("Calls", "通话数"),
    "n_calls": ("{n} call|{n} calls", "{n} 通"),
    "agents": ("Agents", "座席数"),
    "n_agents": ("{n} agent|{n} agents", "{n} 名座席"),
    "mean": ("Mean score", "平均分"),
    "interval": ("95% interval", "95% 置信区间"),
    "no_interval": ("no interval from one call", "仅 1 通，无法给出区间"),
    "no_score": ("No call could be scored", "暂无可评分的通话"),
    "mean_rule": ("Mean of {n} scored call|Mean of {n} scored calls", "基于 {n} 通已评分通话"),
    "review_rule": (
        (
            "{n} of {of} awaits review and counts with the machine's score, if it has one|"
            "{n} of {of} await review and count with the machine's score, if they have one"
        ),
        "{of} 通中 {n} 通待复核，有机器评分的暂按机器评分计入",
    ),
    "review_none": ("none awaits review", "无待复核通话"),
    "needs_review": ("Awaiting review", "待复核"),
    "critical_calls": ("Critical fails", "致命项未通过"),
    "complaints": ("Complaints", "投诉"),
    "of_n": ("of {n}", "共 {n} 通"),
    "not_measured": ("not measured", "未检测"),
    "team_mean": ("Team mean {value} (n = {n})", "团队平均 {value}（n = {n}）"),
    "team_mark": ("▾ team", "▾ 团队"),
    "few_title": ("Few calls", "样本偏少"),
    "few_calls": (
        "Scored calls: {n}. Fewer than {min} are too few to compare; talk about the single calls instead.",
        "已评分通话仅 {n} 通，不足 {min} 通，不宜与他人比较；建议结合具体通话沟通。",
    ),
    "few_short": ("fewer than {min} calls: not compared", "不足 {min} 通，不作比较"),
    "no_agent_note": (
        "These calls name no agent. They say nothing about a person; complete the manifest to assign them.",
        "这些通话未注明座席，不代表任何个人；补全清单后即可归入。",
    ),
    "bands": ("Bands", "等级分布"),
    "strengths": ("Does well", "做得好的地方"),
    "no_strengths": ("Nothing yet passes surely in nine of ten calls.", "暂无通过率稳定达到九成的项目。"),
    "gaps": ("To work on first", "优先改进"),
    "no_gaps": ("No criterion is below nine passes in ten.", "各项通过率均不低于九成。"),
    "passed_of": ("{hits} of {n} passed", "{n} 次中通过 {hits} 次"),
    "standard": ("Standard", "标准"),
    "class_quality": ("Service quality", "服务质量指标"),
    "class_efficiency": ("Service efficiency", "服务效率指标"),
    "class_customer": ("Customer satisfaction", "客户满意度指标"),
    "class_improvement": ("Improvement", "服务质量改进指标"),
    "criteria": ("Criteria", "质检项"),
    "criterion": ("Criterion", "质检项"),
    "points_word": ("points", "分"),
    "section": ("Section", "板块"),
    "rate": ("Pass rate", "通过率"),
    "pass": ("Pass", "通过"),
    "fail": ("Fail", "未通过"),
    "unsure": ("Undecided", "未判定"),
    "not_applicable": ("N/A", "不适用"),
    "error": ("Check failed", "检测出错"),
    "critical": ("critical", "致命项"),
    "coach_only": ("coaching only", "仅供辅导"),
    "coached": ("{n} for coaching only", "其中 {n} 次仅供辅导"),
    "level_two": ("{n} at level 2", "其中 {n} 次达二级"),
    "level": ("level {level}", "{level} 级"),
    "undecided_all": ("never decided", "均未判定"),
    "trend": ("Mean by week", "周均分走势"),
    "week": ("Week from", "周（起始日）"),
    "trend_note": (
        "Hollow dots: too few calls in the week for an interval.",
        "空心点表示该周通话过少，不给出区间。",
    ),
    "no_trend": ("No call has a date.", "通话没有日期，无法显示走势。"),
    "sentiment": ("Customer sentiment", "客户情绪"),
    "at_start": ("At the start", "通话开始"),
    "at_end": ("At the end", "通话结束"),
    "negative": ("Negative", "负面"),
    "neutral": ("Neutral", "中性"),
    "positive": ("Positive", "正面"),
    "recovered": (
        (
            "{recovered} of {n} call that began badly ended neutral or positive.|"
            "{recovered} of {n} calls that began badly ended neutral or positive."
        ),
        "开始时情绪负面的 {n} 通中，{recovered} 通以中性或正面结束。",
    ),
    "soured": (
        "{n} call turned negative on the way.|{n} calls turned negative on the way.",
        "{n} 通在通话过程中转为负面。",
    ),
    "causes": ("Complaint causes", "投诉原因"),
    "cause": ("Cause", "投诉原因"),
    "customers_words": ("In the customer's words", "客户原话"),
    "no_causes": ("No complaint cause was found.", "未发现投诉原因。"),
    "conversation": ("Conversation", "通话过程"),
    "measure": ("Measure", "指标"),
    "average": ("Mean a call", "每通平均"),
    "talk_share": ("Agent's share of speaking time", "座席说话占比"),
    "pace_words": ("Agent's pace, words a minute", "座席语速（词/分钟）"),
    "pace_characters": ("Agent's pace, characters a minute", "座席语速（字/分钟）"),
    "dead_air_s": ("Dead air, seconds", "冷场时长（秒）"),
    "hold_s": ("Hold, seconds", "等待时长（秒）"),
    "interruptions": ("Agent interrupts", "座席打断次数"),
    "repeats": ("Customer has to repeat", "客户重复陈述次数"),
    "time_to_greeting_s": ("Agent's first word to greeting, seconds", "开口到问候语（秒）"),
    "longest_monologue_s": ("Agent's longest monologue, seconds (under 30: 0)", "座席最长独白（秒，不足30秒算0）"),
    "questions": ("Agent asks", "座席提问次数"),
    "unannounced_holds": ("Holds without notice", "未告知的等待次数"),
    "overlaps_started": ("Agent begins while the customer speaks", "座席抢话次数"),
    "narratives_interrupted": ("Customer's first account cut short", "客户首次陈述被打断"),
    "narrative_interrupted": ("Customer's first account cut short", "客户首次陈述被打断"),
    "voice_raised": ("Customer's turns in a raised voice (sound alone)", "客户提高嗓门的话轮占比（仅凭声音）"),
    "pace_against_usual": ("Pace against the agent's usual (1 = as usual)", "语速与本人平时之比（1 为持平）"),
    "team_pace_words": ("Team's pace, words a minute", "团队语速（词/分钟）"),
    "team_pace_characters": ("Team's pace, characters a minute", "团队语速（字/分钟）"),
    "doubts": ("Doubts about the recording", "录音存疑标记"),
    "csat": ("Customer rating", "客户评分"),
    "examples": ("Calls to listen to", "典型通话"),
    "best": ("Best calls", "得分最高的通话"),
    "worst": ("Weakest calls", "得分最低的通话"),
    "none_best": ("No call to show yet.", "暂无可展示的通话。"),
    "none_worst": ("No call lost points.", "没有失分的通话。"),
    "also_passed": ("Passed", "通过"),
    "nearest": ("Nearest", "最接近的表述"),
    "searched": ("Listened to {start}–{end}", "检查范围 {start}–{end}"),
    "clarity": (", words {share} % clear", "，识别清晰度 {share}%"),
    "how": ("How to read this", "阅读说明"),
    "how_n": (
        (
            "n is the number of calls that a figure rests on. Calls without a score are in no mean; calls awaiting "
            "review are in it with the machine's score until a person has decided."
        ),
        "n 为该数字所依据的通话数。无法评分的通话不计入平均分；待复核的通话在人工复核前暂按机器评分计入。",
    ),
    "how_interval": (
        (
            "The 95% interval is where the agent's true figure most likely lies, if these calls are a fair sample. "
            "If two intervals overlap widely, the difference may well be chance."
        ),
        "95% 置信区间表示：若这些通话具有代表性，真实水平大概率落在此范围内。两个区间重叠较多时，差异可能只是偶然。",
    ),
    "how_marks": (
        "The line across a bar is its 95% interval, ▾ the team's figure. A dashed bar rests on fewer than {min} calls.",
        "条形上的横线为 95% 置信区间，▾ 为团队数值；虚线条表示所依据的通话不足 {min} 通。",
    ),
    "how_unsure": (
        (
            "Undecided means that the machine did not trust its ears. It is neither a pass nor a fail, earns no "
            "points, and asks for a person. N/A means that the call gave no occasion; it leaves the count."
        ),
        "“未判定”表示机器没有把握：既不算通过也不算未通过，不得分，需人工确认。“不适用”表示通话中没有出现该情形，不计入分母。",
    ),
    "how_order": (
        (
            "Agents stand in order of their number, not of their score. "
            "Those with fewer than {min} scored calls are not compared."
        ),
        "座席按工号排列，不按得分排名；已评分通话不足 {min} 通的座席不作比较。",
    ),
    "how_rates": (
        (
            "Scores run from 0 to 100, rates and shares from 0 to 1 (shown as percent). "
            "Times are from the start of the recording."
        ),
        "得分范围为 0–100；通过率与占比范围为 0–1（以百分比显示）。时间从录音开头算起。",
    ),
    "files": ("The same as tables", "下载数据"),
    "workbook": ("Excel workbook", "Excel 工作簿"),
    "tables": ("CSV (and Parquet beside it)", "CSV（同目录另有 Parquet）"),
    "no_calls": ("No scored calls yet.", "暂无已评分的通话。"),
    "rows_left_out": (
        "Excel holds no more rows; the others are in tables/{table}.csv and .parquet.",
        "超出 Excel 行数上限，其余数据见 tables/{table}.csv 与 .parquet。",
    ),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    # Workbook: sheets and column heads that no page needs.
    "sheet_agents": ("Agents", "座席"),
    "sheet_criteria": ("Criteria", "质检项"),
    "sheet_calls": ("Calls", "通话"),
    "sheet_findings": ("Findings", "质检明细"),
    "sheet_causes": ("Causes", "投诉原因"),
    "sheet_how": ("How to read", "阅读说明"),
    "agent_name": ("Agent", "座席姓名"),
    "scored": ("Scored", "已评分"),
    "low": ("95% from", "95% 下限"),
    "high": ("95% to", "95% 上限"),
    "compared": ("Enough calls to compare", "样本量可比较"),
    "complaints_measured": ("Checked for complaints", "已检测投诉"),
    "started_negative": ("Started negative", "开始负面"),
    "ended_negative": ("Ended negative", "结束负面"),
    "recovered_calls": ("Recovered", "情绪好转"),
    "first_call": ("First call", "首通日期"),
    "last_call": ("Last call", "末通日期"),
    "weight": ("Weight", "权重"),
    "applicable": ("Applicable", "适用"),
    "passes": ("Passes", "通过"),
    "fails": ("Fails", "未通过"),
    "unsure_n": ("Undecided", "未判定"),
    "level_two_n": ("At level 2", "达二级"),
    "team_rate": ("Team's pass rate", "团队通过率"),
    "criterion_title": ("Title", "质检项名称"),
    "call_id": ("Call", "通话编号"),
    "queue": ("Queue", "技能组"),
    "language": ("Language", "语种"),
    "started_at": ("Start", "开始时间"),
    "duration_s": ("Length, seconds", "时长（秒）"),
    "direction": ("Direction", "呼叫方向"),
    "customer_id": ("Customer no.", "客户编号"),
    "disposition": ("Disposition", "业务小结"),
    "category": ("Ticket category", "工单分类"),
    "resolved_at": ("Resolved", "办结时间"),
    "scorecard": ("Scorecard", "评分表"),
    "scorecard_version": ("Version", "版本"),
    "points": ("Points", "得分"),
    "out_of": ("Out of", "满分"),
    "percent": ("Score", "百分制得分"),
    "raw_percent": ("Score before cap", "封顶前得分"),
    "band": ("Band", "等级"),
    "review_reasons": ("Why review", "复核原因"),
    "critical_failures": ("Critical fails", "致命项未通过"),
    "is_complaint": ("Complaint", "是否投诉"),
    "complaint_undecided": ("Complaint undecided", "投诉未能判定"),
    "sentiment_start": ("Sentiment, start", "开始情绪"),
    "sentiment_end": ("Sentiment, end", "结束情绪"),
    "sentiment_path": ("Sentiment by thirds", "情绪走势(前中后)"),
    "sentiment_lowest": ("Sentiment, lowest (−1 to 1)", "情绪最低值(−1 至 1)"),
    "sentiment_lowest_ms": ("Lowest at", "最低值时间"),
    "recovery": ("Recovery (end minus worst third)", "情绪恢复(结尾减最差段)"),
    "turning_points": ("Turning points", "情绪转折次数"),
    "severity": ("Severity of the gravest cause (1 to 3)", "最高严重程度(1 至 3)"),
    "negative_tone": ("Agent's turns with a negative tone", "座席语气负面的话轮数"),
    "escalated": ("Enquiry became complaint", "咨询转投诉"),
    "cause_hints": ("Causes, unsure", "可能原因(未确定)"),
    "agent_pace": ("Agent's pace", "座席语速"),
    "verdict": ("Verdict", "判定"),
    "finding_level": ("Level", "级别"),
    "confidence": ("Confidence", "置信度"),
    "why": ("Why", "判定理由"),
    "start_ms": ("From", "开始"),
    "end_ms": ("To", "结束"),
    "quote": ("Quote", "原话"),
    "near_miss_ms": ("Nearest at", "最接近处"),
    "near_miss": ("Nearest words", "最接近的表述"),
    "searched_start_ms": ("Listened from", "检查起点"),
    "searched_end_ms": ("Listened to", "检查终点"),
    "cause_title": ("Cause", "原因名称"),
    "example_call": ("Example", "示例通话"),
    **COMPLAINT_WORDS,
}


def say(language: str, key: str, **values: object) -> str:
    """The words for `key` in "zh", or else in English, with `values` filled in.

    >>> say("en", "n_calls", n=1), say("en", "n_calls", n=2), say("zh", "n_calls", n=2)
    ('1 call', '2 calls', '2 通')

    Raises:
        KeyError: there are no words for `key`.
    """
    words = _WORDS[key][LANGUAGES.index("zh" if language == "zh" else "en")]
    one, _, many = words.partition("|")
    return (many if many and values.get("n") != 1 else one).format(**values)


def main_language(agents: Iterable[AgentScorecard]) -> str:
    """The language of most calls of all agents: "zh" or "en"."""
    chinese = other = 0
    for agent in agents:
        for language, n in agent.languages:
            if language == "zh":
                chinese += n
            else:
                other += n
    return "zh" if chinese > other else "en"
