//! The few words that stand in a file, in both languages.

/// The purposes of an export: code, 中文, English.
pub(super) const PURPOSES: [(&str, &str, &str); 5] = [
    ("visit_plan", "拜访计划", "Visit plan"),
    ("report", "工作汇报", "Report"),
    ("contract", "合同办理", "Contract"),
    ("handover", "工作交接", "Handover"),
    ("other", "其他用途", "Other"),
];

/// A purpose as people read it.
pub(super) fn purpose(code: &str, english: bool) -> String {
    if let Some(note) = code.strip_prefix("other:") {
        return note.trim().to_owned();
    }
    let found = PURPOSES.iter().find(|(known, ..)| *known == code);
    found.map_or(code, |(_, zh, en)| if english { en } else { zh }).to_owned()
}

/// Yes or no.
pub(super) fn yes_no(value: bool, english: bool) -> &'static str {
    match (value, english) {
        (true, false) => "是",
        (false, false) => "否",
        (true, true) => "Yes",
        (false, true) => "No",
    }
}

/// The heading of the watermark's column.
pub(super) fn watermark(english: bool) -> &'static str {
    if english { "Watermark" } else { "水印" }
}

/// What stands between choices.
pub(super) fn comma(english: bool) -> &'static str {
    if english { ", " } else { "、" }
}
