"""The words of the page and the tables about complaints over many calls, English and Chinese side by side."""

from __future__ import annotations

COMPLAINT_WORDS: dict[str, tuple[str, str]] = {
    "complaints_title": ("Complaints", "投诉分析"),
    "complaint": ("complaint", "投诉"),
    "as_of": ("As of", "截至"),
    "this_period": ("This period", "本期"),
    "compared_with": ("compared with", "对比期"),
    "no_times": (
        "No call has a time (started_at): nothing can be compared.",
        "通话没有开始时间（started_at），无法比较。",
    ),
    "complaint_calls": ("complaint|complaints", "通投诉"),
    "of_judged": ("of {n} call judged|of {n} calls judged", "本期已检测 {n} 通"),
    "rates_now_before": (
        "{now:.1f} in 100 calls now, {before:.1f} before (n = {n}).",
        "每百通 {now:.1f} 通，此前 {before:.1f} 通（n = {n}）。",
    ),
    "rises": ("rising", "上升"),
    "nothing_rises": ("No cause is surely rising.", "没有明确上升的投诉原因。"),
    "overdue": ("Overdue", "超时未办结"),
    "not_joined": ("resolved_at is missing", "缺少办结时间"),
    "not_said": ("no disposition says", "业务小结未标明"),
    "repeat_contacts": ("Repeat contacts", "重复来电"),
    "emerging_causes": ("Emerging causes", "新出现的投诉问题"),
    "from_n": ("from {n} call|from {n} calls", "来自 {n} 通"),
    "causes_caption": (
        "Calls of the period by owner; n = {n} judged calls, before: {before}.",
        "按责任部门列出本期通话；已检测 {n} 通，此前 {before} 通。",
    ),
    "per_hundred": ("In 100 calls", "每百通"),
    "before_mark": ("▾ before", "▾ 此前"),
    "before_n": ("before: {n}", "此前 {n}"),
    "times_as_often": ("Times as often (95%)", "为此前的倍数（95%）"),
    "new": ("new", "新增"),
    "severity_321": ("Severity 3 / 2 / 1", "严重程度 3 / 2 / 1"),
    "owner": ("Owner", "责任部门"),
    "owner_none": ("not assigned", "未指定"),
    "owner_billing": ("Billing", "账务"),
    "owner_pricing": ("Pricing", "定价"),
    "owner_logistics": ("Logistics", "物流"),
    "owner_product": ("Product", "产品"),
    "owner_operations": ("Operations", "运营"),
    "owner_technology": ("Technology", "技术"),
    "owner_customer_service": ("Customer service", "客户服务"),
    "owner_retention": ("Retention", "客户维系"),
    "owner_data_protection": ("Data protection", "数据保护"),
    "group_process": ("process", "流程"),
    "group_people": ("people", "人员"),
    "group_product": ("product", "产品"),
    "group_communication": ("communication", "沟通"),
    "nothing_before": (
        "The four periods before have no judged call: nothing can be compared yet.",
        "前四期没有已检测的通话，暂时无法比较。",
    ),
    "no_encoder": (
        "Not looked for: the sentence encoder's weights are missing (qa models pull).",
        "未检测：缺少句向量模型（请运行 qa models pull）。",
    ),
    "all_placed": ("Every complaint of the period has a cause.", "本期投诉都已归入现有原因。"),
    "none_alike": (
        (
            "{n} complaint of the period fits no cause ({read} with words to go by); no three are alike.|"
            "{n} complaints of the period fit no cause ({read} with words to go by); no three of them are alike."
        ),
        "本期有 {n} 通投诉未归入任何原因（其中 {read} 通有可用原话），但没有三通以上相似的。",
    ),
    "emerging_caption": (
        (
            "{n} complaint of the period fits no cause ({read} with words to go by).|"
            "Groups among the {n} complaints of the period that fit no cause ({read} with words to go by)."
        ),
        "本期有 {n} 通投诉未归入任何原因（其中 {read} 通有可用原话），相似的归为一组。",
    ),
    "nameless": ("no common phrase", "无共同用语"),
    "promise_title": ("Resolved within {hours} hours?", "{hours} 小时办结承诺"),
    "promise_counts": (
        (
            "{n} complaint: {kept} in time, {late} late, {open} still open, {overdue} overdue.|"
            "{n} complaints: {kept} in time, {late} late, {open} still open, {overdue} overdue."
        ),
        "共 {n} 通投诉：按时办结 {kept}，超时办结 {late}，未到期 {open}，超时未办结 {overdue}。",
    ),
    "promise_impossible": (
        (
            "{n} was resolved before its call began; that does not count.|"
            "{n} were resolved before their calls began; that does not count."
        ),
        "其中 {n} 通的办结时间早于来电，不予计入。",
    ),
    "no_resolved": (
        (
            "No complaint has a resolved_at yet, so all of them look open. Add the column to the manifest: the next "
            "night joins it."
        ),
        "投诉都没有办结时间（resolved_at），因此均显示为未办结。在清单中补上该列，下次运行时会自动关联。",
    ),
    "none_overdue": ("None is overdue.", "没有超时未办结的投诉。"),
    "overdue_by": ("Overdue by", "已超时"),
    "due_at": ("Due", "应办结时间"),
    "n_hours": ("{n} hour|{n} hours", "{n} 小时"),
    "n_days": ("{n} day|{n} days", "{n} 天"),
    "no_complaints": ("No complaint was heard.", "未发现投诉。"),
    "mismatch_title": ("Filed otherwise than heard", "登记与通话不符"),
    "mismatch": ("Mismatch", "不符之处"),
    "mismatch_filed_as_enquiry": ("Complaint filed as enquiry", "投诉登记为咨询"),
    "mismatch_not_heard": ("Filed as complaint, none heard", "登记为投诉但未听出"),
    "mismatch_other_category": ("Ticket names another cause", "工单分类与原因不符"),
    "no_complaint_heard": ("no complaint", "未听出投诉"),
    "filed": ("Filed as", "登记为"),
    "heard": ("Heard", "通话中"),
    "dispositions_compared": (
        (
            "Dispositions compared: {n}. Complaints filed as enquiries: {enquiry}; "
            "filed as complaints, none heard: {unheard}."
        ),
        "已比对业务小结 {n} 通：投诉登记为咨询 {enquiry} 通，登记为投诉但未听出 {unheard} 通。",
    ),
    "no_dispositions": (
        "No call has a disposition that says enquiry or complaint: nothing to compare.",
        "没有标明咨询或投诉的业务小结（disposition），无法比对。",
    ),
    "categories_compared": (
        "Ticket categories compared: {n}. Another cause: {other}.",
        "已比对工单分类 {n} 通：原因不符 {other} 通。",
    ),
    "no_categories": (
        "No complaint has a ticket category that means a cause: nothing to compare.",
        "没有可对应到投诉原因的工单分类（category），无法比对。",
    ),
    "unread_dispositions": (
        "Dispositions of complaints that say neither, for causes.yaml",
        "投诉通话中无法识别的业务小结（可在 causes.yaml 中补充）",
    ),
    "unread_categories": (
        "Categories that no cause names, for causes.yaml",
        "尚未对应任何原因的工单分类（可在 causes.yaml 中补充）",
    ),
    "all_agree": ("All of them agree.", "均相符。"),
    "repeats_caption": (
        (
            "{n} complaint with a customer number and a cause; same customer, same cause, each within {days} days of "
            "the one before: {found}.|"
            "{n} complaints with a customer number and a cause; same customer, same cause, each within {days} days of "
            "the one before: {found}."
        ),
        "有客户编号和原因的投诉 {n} 通；同一客户、同一原因、相隔不超过 {days} 天的：{found} 组。",
    ),
    "no_customers": (
        ("No complaint has a customer number (customer_id), a cause and a time: only customers who say so are found."),
        "投诉通话缺少客户编号（customer_id）、原因或时间，只能找出客户自己说来过电话的通话。",
    ),
    "in_days": ("in {n} day|in {n} days", "{n} 天内"),
    "says_so": ("says so", "客户自述"),
    "no_repeats": ("No repeat contact was found.", "未发现重复来电。"),
    "shown_of": ("{shown} of {n} shown; all of them:", "共 {n} 条，显示 {shown} 条，全部见"),
    "newest_of_each": ("The newest {n} of each kind; all of them:", "每类显示最近 {n} 条，全部见"),
    "how_heard": (
        (
            "Complaints and causes are heard by trained models and can be wrong; listen before you act on a single "
            "call. Calls of which nobody can tell count as judged, not as complaints."
        ),
        "投诉与原因由模型判断，可能有误；针对单通采取措施前请先听录音。无法判断的通话计入已检测，不计入投诉。",
    ),
    "how_rises": (
        (
            "Rising means: so many more calls in 7 days than in the 28 days before, for the number of calls judged, "
            "that among all causes shown as rising at most one in twenty should be chance (exact test of two Poisson "
            "rates, Benjamini-Hochberg), and at least 3 calls. It does not say why."
        ),
        (
            "“上升”指：按已检测通话数折算，近 7 天明显多于此前 28 天，且至少 3 通；所有标为上升的原因中，"
            "预期至多二十分之一属于偶然（两个泊松率的精确检验，Benjamini-Hochberg 校正）。它不说明原因何在。"
        ),
    ),
    "how_emerging": (
        "Emerging causes are complaints that fit no cause and sound alike. They are a hint to read on, not a count.",
        "新出现的问题由未归类且说法相近的投诉归并而成，仅提示值得细看，不作为统计数字。",
    ),
    "how_promises": (
        "The timer runs from the end of the call, by the clock, and stops at the ticket's resolved_at.",
        "计时从通话结束起按自然小时计算，到工单办结时间（resolved_at）为止。",
    ),
    # Workbook: sheets and column heads that no page needs.
    "sheet_rises": ("Rises", "原因变化"),
    "sheet_emerging": ("Emerging causes", "新问题"),
    "sheet_mismatches": ("Mismatches", "登记不符"),
    "sheet_repeats": ("Repeat contacts", "重复来电"),
    "sheet_promises": ("Promise to resolve", "办结承诺"),
    "first_day": ("From", "起始日"),
    "last_day": ("To", "截止日"),
    "cause_group": ("Group", "类别"),
    "calls_now": ("Calls now", "本期通话"),
    "judged_now": ("Judged now", "本期已检测"),
    "calls_before": ("Calls before", "此前通话"),
    "judged_before": ("Judged before", "此前已检测"),
    "ratio": ("Times as often", "倍数"),
    "p_value": ("p", "p 值"),
    "q_value": ("q", "q 值"),
    "severity_1": ("Severity 1", "严重程度 1"),
    "severity_2": ("Severity 2", "严重程度 2"),
    "severity_3": ("Severity 3", "严重程度 3"),
    "number": ("No.", "序号"),
    "phrases": ("Telling phrases", "典型用语"),
    "first_at": ("First call", "首次来电"),
    "call_ids": ("Calls", "通话编号（全部）"),
    "promise": ("State", "状态"),
    "promise_open": ("open", "未到期"),
    "promise_overdue": ("overdue", "超时未办结"),
    "promise_kept": ("in time", "按时办结"),
    "promise_late": ("late", "超时办结"),
    "opened_at": ("Opened", "登记时间"),
    "overdue_h": ("Overdue, hours", "超时（小时）"),
}
