//! Comma-separated values (RFC 4180), with the byte-order mark without which Excel garbles Chinese. The first line are
//! the headings and every further one a row, so that a machine reads it as it is; the watermark is a column.

use super::cell::{Cell, harmless};
use super::{Stamp, broken};
use crate::exports::words;
use kedun_vault::Result;

pub(super) struct Writer {
    out: csv::Writer<Vec<u8>>,
    watermark: String,
}

impl Writer {
    pub(super) fn begin(headings: &[String], stamp: &Stamp) -> Result<Writer> {
        let mut out = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer("\u{FEFF}".as_bytes().to_vec());
        let last = words::watermark(stamp.english);
        out.write_record(headings.iter().map(String::as_str).chain([last])).map_err(broken)?;
        // The mark stands in the watermark too: whoever keeps only that has said enough.
        let watermark = format!("{}{}", harmless(&stamp.watermark), stamp.mark.unseen());
        Ok(Writer { out, watermark })
    }

    pub(super) fn row(&mut self, cells: &[Cell]) -> Result<()> {
        for cell in cells {
            match cell {
                Cell::Empty => self.out.write_field(""),
                Cell::Text(text) | Cell::Number(_, _, text) => self.out.write_field(text),
                Cell::Day(day) => self.out.write_field(day.to_string()),
                Cell::Moment(at) => self.out.write_field(at.strftime("%Y-%m-%d %H:%M").to_string()),
            }
            .map_err(broken)?;
        }
        self.out.write_field(&self.watermark).map_err(broken)?;
        self.out.write_record(None::<&[u8]>).map_err(broken)
    }

    pub(super) fn finish(self) -> Result<Vec<u8>> {
        self.out.into_inner().map_err(|error| broken(error.error()))
    }
}
