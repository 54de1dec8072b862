//! Writing a file, row by row: what stands in a cell, which cells carry the mark, and the two formats.
//!
//! **Invariant:** no cell of text begins with what a spreadsheet takes for a formula.

mod cell;
mod csv;
mod xlsx;

use super::mark::Mark;
use super::words;
use cell::Cell;
use kedun_model::{FieldDef, FieldKind, ObjectDef, Zone};
use kedun_vault::{ExportFormat, RecordView, Result, VaultError};

/// What every copy says about itself.
#[derive(Clone)]
pub(super) struct Stamp {
    /// The number of the export.
    pub(super) number: String,
    /// Who, when, why, as people read it.
    pub(super) watermark: String,
    /// The name of the sheet.
    pub(super) title: String,
    /// Whether the file is in English.
    pub(super) english: bool,
    /// By whose clock moments are written.
    pub(super) zone: Zone,
    /// The hidden mark.
    pub(super) mark: Mark,
}

/// A file in the making.
pub(super) struct Sheet {
    fields: Vec<FieldDef>,
    carriers: Vec<bool>,
    unseen: String,
    zone: Zone,
    english: bool,
    body: Body,
}

enum Body {
    Csv(Box<csv::Writer>),
    Xlsx(Box<xlsx::Writer>),
}

impl Sheet {
    /// Begins a file with its headings.
    pub(super) fn begin(
        def: &ObjectDef,
        fields: &[String],
        format: ExportFormat,
        stamp: &Stamp,
    ) -> Result<Sheet> {
        let fields: Vec<FieldDef> = fields.iter().filter_map(|name| def.field(name)).cloned().collect();
        let headings: Vec<String> = fields.iter().map(|f| heading(f, stamp.english)).collect();
        let body = match format {
            ExportFormat::Csv => Body::Csv(Box::new(csv::Writer::begin(&headings, stamp)?)),
            ExportFormat::Xlsx => Body::Xlsx(Box::new(xlsx::Writer::begin(&fields, &headings, stamp)?)),
        };
        let carriers = carriers(&fields, &def.title_field);
        let (unseen, zone, english) = (stamp.mark.unseen(), stamp.zone, stamp.english);
        Ok(Sheet { fields, carriers, unseen, zone, english, body })
    }

    /// Adds a row.
    pub(super) fn row(&mut self, record: &RecordView) -> Result<()> {
        let mut cells: Vec<Cell> = self
            .fields
            .iter()
            .map(|f| cell::cell(f, record.field(&f.name), self.zone, self.english))
            .collect();
        for (cell, carries) in cells.iter_mut().zip(&self.carriers) {
            if let (Cell::Text(text), true) = (cell, carries) {
                text.push_str(&self.unseen);
            }
        }
        match &mut self.body {
            Body::Csv(writer) => writer.row(&cells),
            Body::Xlsx(writer) => writer.row(&cells),
        }
    }

    /// The bytes of the finished file.
    pub(super) fn finish(self) -> Result<Vec<u8>> {
        match self.body {
            Body::Csv(writer) => writer.finish(),
            Body::Xlsx(writer) => writer.finish(),
        }
    }
}

/// The heading of a column; of money with its unit.
fn heading(field: &FieldDef, english: bool) -> String {
    let label = if english { &field.label.en } else { &field.label.zh };
    let unit = match (field.kind, english) {
        (FieldKind::Money, true) => " (CNY)",
        (FieldKind::Money, false) => "（元）",
        _ => "",
    };
    cell::harmless(&format!("{label}{unit}"))
}

/// The media type of a format.
pub(super) fn media(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv => "text/csv; charset=utf-8",
        ExportFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
}

/// Which columns carry the mark. Prose and choices first: nobody looks a row up by them. Only where there is none of
/// them the title, and only where that is missing too what people dial and paste.
fn carriers(fields: &[FieldDef], title: &str) -> Vec<bool> {
    let rank = |f: &FieldDef| match f.kind {
        FieldKind::Text
        | FieldKind::LongText
        | FieldKind::PersonName
        | FieldKind::Select
        | FieldKind::MultiSelect
        | FieldKind::Address
            if f.name != title =>
        {
            0
        }
        FieldKind::Text
        | FieldKind::LongText
        | FieldKind::PersonName
        | FieldKind::Select
        | FieldKind::MultiSelect
        | FieldKind::Address => 1,
        FieldKind::Phone
        | FieldKind::Email
        | FieldKind::IdNumber
        | FieldKind::Account
        | FieldKind::Url
        | FieldKind::Boolean
        | FieldKind::Reference
        | FieldKind::Person
        | FieldKind::Department => 2,
        FieldKind::Integer
        | FieldKind::Decimal
        | FieldKind::Money
        | FieldKind::Percent
        | FieldKind::Rating
        | FieldKind::Date
        | FieldKind::Datetime => 3,
    };
    let best = fields.iter().map(&rank).min().unwrap_or(3);
    fields.iter().map(|f| rank(f) == best || rank(f) == 0).collect()
}

/// The line that everybody sees.
pub(super) fn watermark(
    name: &str,
    staff_no: &str,
    time: &str,
    number: &str,
    purpose: &str,
    english: bool,
) -> String {
    let tail: Vec<char> = staff_no.chars().rev().take(4).collect();
    let tail: String = tail.into_iter().rev().collect();
    let purpose = words::purpose(purpose, english);
    format!("{name} {tail} · {time} · {number} · {purpose}")
}

fn broken(error: impl std::fmt::Display) -> VaultError {
    VaultError::Setup(format!("an export cannot be written: {error}"))
}
