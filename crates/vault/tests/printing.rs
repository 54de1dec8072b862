//! What is printed is written down first, and a print tells nobody what they may not see.
#![allow(clippy::unwrap_used, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{code, houses};
use kedun_model::RecordId;
use kedun_vault::MOST_PRINTED;
use serde_json::json;

#[tokio::test]
async fn a_print_shows_among_who_looked_and_counts_only_what_is_seen() {
    for house in houses().await {
        let rep = house.as_("rep").await;
        let mine = house.customer(&rep, "印出来的医院", json!({})).await;
        let other = house.as_("other").await;
        let theirs = house.customer(&other, "别人的医院", json!({})).await;

        rep.printed("customer", &[mine.clone(), theirs.clone(), RecordId::new("nobody")]).await.unwrap();
        let manager = house.as_("manager").await;
        let looks = manager.audience("customer", &mine).await.unwrap();
        let prints: Vec<_> = looks.iter().filter(|look| look.action == "print").collect();
        assert_eq!(prints.len(), 1);
        assert_eq!(prints[0].by.id, rep.person().as_str());
        let chief = house.as_("chief").await;
        let looks = chief.audience("customer", &theirs).await.unwrap();
        assert!(looks.iter().all(|look| look.action != "print"));

        let mut raw = house.raw().await;
        assert_eq!(raw.count("SELECT COUNT(*) FROM ledger_row WHERE action = 'record.print'").await, 1);
        // Of nothing but what is hidden there is no print, and no answer that tells it from what is not there; that
        // somebody tried is a row like any other try.
        let tries = "SELECT COUNT(*) FROM ledger_row WHERE action = 'record.denied'";
        let before = raw.count(tries).await;
        for records in [
            vec![theirs.clone()],
            vec![RecordId::new("nobody")],
            vec![RecordId::new("nobody"), theirs.clone()],
        ] {
            assert_eq!(code(&rep.printed("customer", &records).await.unwrap_err()), "not_found");
        }
        assert_eq!(raw.count(tries).await, before + 3);
        assert_eq!(raw.count("SELECT COUNT(*) FROM ledger_row WHERE action = 'record.print'").await, 1);
    }
}

#[tokio::test]
async fn a_print_of_very_many_is_refused() {
    for house in houses().await {
        let rep = house.as_("rep").await;
        let many = vec![RecordId::new("nobody"); MOST_PRINTED + 1];
        assert_eq!(code(&rep.printed("customer", &many).await.unwrap_err()), "too_many");
        assert_eq!(code(&rep.printed("customer", &[]).await.unwrap_err()), "required");
        // Who has no customers prints none.
        let audit = house.as_("audit").await;
        assert_eq!(code(&audit.printed("customer", &many[..1]).await.unwrap_err()), "not_found");
    }
}
