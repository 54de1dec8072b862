//! A record leaves as a view that only the vault makes, already masked.
use kedun_vault::RecordView;

pub fn right_way(record: &RecordView) -> (&str, Option<&str>) {
    (record.id(), record.title())
}

pub fn made(of: RecordView) -> RecordView {
    let mine = RecordView { written: None, ..of.clone() }; //~ E0451
    let _ = mine; //~ with the line above
    of
}

pub fn unmasked(of: &mut RecordView) {
    of.body.fields.clear(); //~ E0616
    of.written = Default::default(); //~ E0616
    let _ = of;
}

pub fn read_back(text: &str) {
    let _ = serde_json::from_str::<RecordView>(text); //~ E0277
    let _ = text;
}
