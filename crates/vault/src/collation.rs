//! The order of texts in lists: by pinyin, then letters whatever their case, as a Chinese reader looks things up and the
//! browser sorts (Unicode Collation Algorithm with the CLDR tailoring of `zh`). The bytes decide what is the same, so that a page goes on where
//! the one before ended.
//!
//! Nothing stored depends on it, neither an index nor a constraint: another version of ICU may order two texts
//! otherwise, and every page is sorted anew.

use crate::error::{Result, VaultError};
use crate::sql::Db;
use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};
use std::cmp::Ordering;

/// Name under which every connection to SQLite knows the order.
pub(crate) const NAME: &str = "kedun_zh";
/// PostgreSQL's own, where it was built with ICU.
const POSTGRES: &str = "zh-x-icu";

/// The order, for connections to SQLite.
pub(crate) fn order() -> Result<impl Fn(&str, &str) -> Ordering + Send + Sync + 'static> {
    let zh = icu_locale_core::locale!("zh");
    let collator: CollatorBorrowed<'static> = Collator::try_new(zh.into(), CollatorOptions::default())
        .map_err(|e| VaultError::Setup(format!("no order of texts: {e}")))?;
    Ok(move |a: &str, b: &str| collator.compare(a, b).then_with(|| a.cmp(b)))
}

/// What a key of texts is sorted by, to be put behind it; nothing on a PostgreSQL without ICU, which sorts by its own
/// order then.
pub(crate) async fn clause(db: &Db) -> Result<&'static str> {
    if !db.is_postgres() {
        return Ok(" COLLATE kedun_zh");
    }
    let sql = "SELECT 1 FROM pg_collation WHERE collname = $1";
    let known = db.optional("look for the order of texts", sql, &[POSTGRES.into()]).await?.is_some();
    if !known {
        tracing::warn!("this PostgreSQL has no ICU: texts are not sorted by pinyin");
    }
    Ok(if known { " COLLATE \"zh-x-icu\"" } else { "" })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails says so by panicking")]

    use super::*;

    #[test]
    fn texts_stand_as_a_chinese_reader_looks_them_up() {
        let order = order().unwrap();
        let mut names =
            ["张伟", "Beta", "李娜", "alpha", "安华", "重庆仁康", "王建国", "12 号", "陈静", "Ängel", "阿里"];
        names.sort_by(|a, b| order(a, b));
        // Figures, then ā lǐ, ān huá, chén jìng, chóng qìng, lǐ nà, wáng, zhāng, then letters whatever their case: as CLDR
        // has it for `zh`, and the browser.
        let by_pinyin =
            ["12 号", "阿里", "安华", "陈静", "重庆仁康", "李娜", "王建国", "张伟", "alpha", "Ängel", "Beta"];
        assert_eq!(names, by_pinyin);
    }

    #[test]
    fn what_looks_the_same_and_is_not_still_has_an_order() {
        let order = order().unwrap();
        assert_eq!(order("a\u{301}", "\u{e1}"), "a\u{301}".cmp("\u{e1}"));
        assert_eq!(order("张伟", "张伟"), Ordering::Equal);
    }
}
