//! A workbook. The watermark is the first line and the header of every printed page; the headings are frozen under it.
//!
//! Rows are written through, so that memory does not grow with them. They wait in a file without a name in the memory
//! file system, never on a disk: it may hold values in clear. Where there is no such file system they wait in memory.

use super::cell::{Cell, Style};
use super::{Stamp, broken};
use kedun_model::{FieldDef, FieldKind};
use kedun_vault::Result;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet};
use std::path::Path;

const MEMORY: &str = "/dev/shm";
const HEADINGS: u32 = 1;
/// Characters of a page's header.
const MOST_HEADER: usize = 200;

pub(super) struct Writer {
    book: Workbook,
    row: u32,
    columns: u16,
    formats: Formats,
}

struct Formats {
    text: Format,
    plain: Format,
    money: Format,
    percent: Format,
    day: Format,
    moment: Format,
}

impl Formats {
    fn new() -> Formats {
        let numbered = |code: &str| Format::new().set_num_format(code);
        Formats {
            // Text stays text when somebody edits the cell.
            text: numbered("@"),
            plain: numbered("General"),
            money: numbered("#,##0.00"),
            percent: numbered("0.00%"),
            day: numbered("yyyy-mm-dd"),
            moment: numbered("yyyy-mm-dd hh:mm"),
        }
    }
}

impl Writer {
    pub(super) fn begin(fields: &[FieldDef], headings: &[String], stamp: &Stamp) -> Result<Writer> {
        let mut book = Workbook::new();
        let properties = DocProperties::new()
            .set_title(&stamp.title)
            .set_subject(&stamp.number)
            .set_keywords(format!("{}{}", stamp.number, stamp.mark.unseen()))
            .set_comment(&stamp.watermark)
            .set_custom_property("Export", stamp.number.as_str())
            .set_custom_property("Copy", stamp.mark.hex().as_str());
        book.set_properties(&properties);
        let sheet = if Path::new(MEMORY).is_dir() && book.set_tempdir(MEMORY).is_ok() {
            book.add_worksheet_with_constant_memory().map_err(broken)?
        } else {
            book.add_worksheet()
        };
        sheet.set_name(sheet_name(&stamp.title)).map_err(broken)?;
        for (column, field) in (0u16..).zip(fields) {
            sheet.set_column_width(column, width(field.kind)).map_err(broken)?;
        }
        sheet.set_freeze_panes(HEADINGS + 1, 0).map_err(broken)?;
        sheet.set_repeat_rows(0, HEADINGS).map_err(broken)?;
        let printed: String =
            stamp.watermark.chars().take(MOST_HEADER).collect::<String>().replace('&', "&&");
        sheet.set_header(format!("&C&8{printed}"));
        sheet.set_footer(format!("&L&8{} &R&8&P / &N", stamp.number));
        let seen = Format::new().set_font_color("#6B6459").set_italic();
        let line = format!("{}{}", super::cell::harmless(&stamp.watermark), stamp.mark.unseen());
        sheet.write_string_with_format(0, 0, line, &seen).map_err(broken)?;
        let bold = Format::new().set_bold().set_align(FormatAlign::Left);
        for (column, heading) in (0u16..).zip(headings) {
            sheet.write_string_with_format(HEADINGS, column, heading, &bold).map_err(broken)?;
        }
        let columns = u16::try_from(headings.len()).unwrap_or(u16::MAX);
        Ok(Writer { book, row: HEADINGS + 1, columns, formats: Formats::new() })
    }

    pub(super) fn row(&mut self, cells: &[Cell]) -> Result<()> {
        let sheet = self.book.worksheet_from_index(0).map_err(broken)?;
        for (column, cell) in (0u16..).zip(cells) {
            write(sheet, self.row, column, cell, &self.formats)?;
        }
        self.row += 1;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Vec<u8>> {
        let sheet = self.book.worksheet_from_index(0).map_err(broken)?;
        if self.columns > 0 {
            sheet
                .autofilter(HEADINGS, 0, self.row.max(HEADINGS + 1) - 1, self.columns - 1)
                .map_err(broken)?;
        }
        self.book.save_to_buffer().map_err(broken)
    }
}

fn write(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell, formats: &Formats) -> Result<()> {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(text) => sheet.write_string_with_format(row, column, text, &formats.text),
        Cell::Number(number, style, _) => {
            let format = match style {
                Style::Plain => &formats.plain,
                Style::Money => &formats.money,
                Style::Percent => &formats.percent,
            };
            sheet.write_number_with_format(row, column, *number, format)
        }
        Cell::Day(day) => match excel(day.year(), day.month(), day.day()) {
            Some(at) => sheet.write_datetime_with_format(row, column, &at, &formats.day),
            // Before 1900 there are no days for Excel.
            None => sheet.write_string_with_format(row, column, day.to_string(), &formats.text),
        },
        Cell::Moment(at) => {
            let hms = |day: ExcelDateTime| {
                let part = |n: i8| u16::try_from(n).unwrap_or(0);
                let minute = u8::try_from(at.minute()).unwrap_or(0);
                day.and_hms(part(at.hour()), minute, f64::from(at.second())).ok()
            };
            match excel(at.year(), at.month(), at.day()).and_then(hms) {
                Some(at) => sheet.write_datetime_with_format(row, column, &at, &formats.moment),
                None => sheet.write_string_with_format(row, column, at.to_string(), &formats.text),
            }
        }
    }
    .map_err(broken)
    .map(drop)
}

fn excel(year: i16, month: i8, day: i8) -> Option<ExcelDateTime> {
    ExcelDateTime::from_ymd(u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
        .ok()
}

/// Excel refuses some characters and more than 31 of them.
fn sheet_name(title: &str) -> String {
    let name: String = title
        .chars()
        .filter(|c| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\''))
        .take(31)
        .collect();
    if name.trim().is_empty() { "Kedun".to_owned() } else { name }
}

fn width(kind: FieldKind) -> f64 {
    match kind {
        FieldKind::LongText | FieldKind::Address | FieldKind::Url => 40.0,
        FieldKind::Text | FieldKind::Reference | FieldKind::Email => 26.0,
        FieldKind::IdNumber => 22.0,
        FieldKind::Phone
        | FieldKind::Datetime
        | FieldKind::Account
        | FieldKind::MultiSelect
        | FieldKind::Money => 18.0,
        FieldKind::PersonName
        | FieldKind::Integer
        | FieldKind::Decimal
        | FieldKind::Percent
        | FieldKind::Rating
        | FieldKind::Boolean
        | FieldKind::Select
        | FieldKind::Date
        | FieldKind::Person
        | FieldKind::Department => 12.0,
    }
}
