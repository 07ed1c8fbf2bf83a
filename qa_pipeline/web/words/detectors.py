"""Words of what was measured of detectors and models."""

WORDS = {
    "detectors_title": ("Detectors", "检测器"),
    "detectors_lead": (
        (
            "How often the machine's verdicts were right, against what people wrote for the same calls (qa evaluate). "
            "Positive means a pass."
        ),
        "机器判定与人工判定对照的结果（qa evaluate）；此处“阳性”指通过。",
    ),
    "detectors_none": (
        "Nothing was measured yet. Run qa evaluate with calls that people have judged.",
        "尚无测定结果。请用人工判定过的通话运行 qa evaluate。",
    ),
    "detectors_language": ("Language", "语言"),
    "detectors_precision": ("Precision", "精确率"),
    "detectors_recall": ("Recall", "召回率"),
    "detectors_counts": ("right · wrong passes · missed · right others", "正确通过 · 误判通过 · 漏判 · 正确非通过"),
    "detectors_counts_short": ("TP · FP · FN · TN", "TP · FP · FN · TN"),
    "detectors_unsure": ("Undecided", "未判定"),
    "detectors_measured": ("Measured", "测定时间"),
    "detectors_threshold": ("Threshold", "阈值"),
    "detectors_counts_now": ("counts", "计分"),
    "detectors_coached": ("coaching only: too many wrong passes", "仅供辅导：误判通过偏多"),
    "detectors_gone": ("no longer in a scorecard", "已不在评分表中"),
    "detectors_effect": ("Effect", "影响"),
    "detectors_interval_note": (
        "Small figures: 95% intervals. With few calls they are wide, and the figure says little.",
        "小字为 95% 置信区间；样本越少区间越宽，数值参考意义越小。",
    ),
    "models_title": ("Models", "模型"),
    "models_lead": (
        "What the program hears and reads with. All of it runs on your own machines.",
        "程序用于识别与理解的模型，全部在本机构的机器上运行。",
    ),
    "models_task": ("Task", "任务"),
    "models_licence": ("Licence", "许可证"),
    "models_languages": ("Languages", "语言"),
    "models_figures": ("Figures", "指标"),
    "models_figure": ("Figure", "指标"),
    "models_value": ("Value", "数值"),
    "models_own": ("trained here", "本机构训练"),
    "models_broken": ("The cards of these models cannot be read: {names}.", "以下模型的说明无法读取：{names}。"),
    "models_not_measured": ("no figures in its card", "说明中没有指标"),
}
