//! What people arrange for themselves is theirs, sealed, and holds no value of a customer.
#![allow(clippy::unwrap_used, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{Raw, houses};
use kedun_model::Problem;
use kedun_vault::{MOST_PREFERENCES, VaultError};
use serde_json::json;

fn codes(error: VaultError) -> Vec<String> {
    match error {
        VaultError::Problem(Problem::Invalid(errors)) => {
            errors.into_iter().map(|e| format!("{}: {}", e.field, e.code)).collect()
        }
        other => vec![format!("{other}")],
    }
}

#[tokio::test]
async fn a_view_is_kept_replaced_and_dropped_by_its_person_alone() {
    for house in houses().await {
        let rep = house.as_("rep").await;
        let filter = json!({ "all": [{ "field": "level", "op": "eq", "value": "A" }] });
        let view = json!({ "label": "重点客户", "filter": filter, "sort": "-updated_at" });
        rep.keep_preference("view.customer.a", &view).await.unwrap();
        rep.keep_preference("tour.rep", &json!({ "seen": 1 })).await.unwrap();
        rep.keep_preference("tour.rep", &json!({ "seen": 2 })).await.unwrap();
        let kept = rep.preferences().await.unwrap();
        assert_eq!(kept.len(), 2);
        assert_eq!(kept[0].value["seen"], 2);
        assert_eq!(kept[1].value, view);

        let colleague = house.as_("colleague").await;
        assert!(colleague.preferences().await.unwrap().is_empty());
        colleague.drop_preference("view.customer.a").await.unwrap();
        assert_eq!(rep.preferences().await.unwrap().len(), 2);
        rep.drop_preference("view.customer.a").await.unwrap();
        assert_eq!(rep.preferences().await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_view_holds_no_value_of_a_customer_and_asks_for_nothing_hidden() {
    for house in houses().await {
        let rep = house.as_("rep").await;
        for (field, op) in [("phone", "eq"), ("name", "contains"), ("id_number", "eq")] {
            let filter = json!({ "all": [{ "field": field, "op": op, "value": "13812345678" }] });
            let refused = rep
                .keep_preference("view.customer.a", &json!({ "label": "x", "filter": filter }))
                .await
                .unwrap_err();
            assert_eq!(codes(refused), [format!("filter.{field}: personal_value")]);
        }
        let unknown = json!({ "label": "x", "sort": "salary" });
        let refused = rep.keep_preference("view.customer.a", &unknown).await.unwrap_err();
        assert_eq!(codes(refused), ["sort.salary: unknown_field"]);
        // Objects that are not there for the person are not there for their views.
        let audit = house.as_("audit").await;
        for name in ["view.customer.a", "columns.customer.mine", "view.salary.a"] {
            let value =
                if name.starts_with("view") { json!({ "label": "x" }) } else { json!({ "names": [] }) };
            let refused = audit.keep_preference(name, &value).await.unwrap_err();
            assert!(matches!(refused, VaultError::Problem(Problem::NotFound)), "{name}: {refused}");
        }
        let refused = rep.keep_preference("notes", &json!({ "text": "138" })).await.unwrap_err();
        assert!(matches!(refused, VaultError::Problem(Problem::NotFound)));
        assert!(rep.preferences().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn one_person_keeps_only_so_many() {
    for house in houses().await {
        let rep = house.as_("rep").await;
        for i in 0..MOST_PREFERENCES {
            rep.keep_preference(&format!("tour.t{i}"), &json!({ "seen": 1 })).await.unwrap();
        }
        let refused = rep.keep_preference("tour.more", &json!({ "seen": 1 })).await.unwrap_err();
        assert_eq!(codes(refused), ["name: too_many"]);
        // What is there already may still change.
        rep.keep_preference("tour.t0", &json!({ "seen": 2 })).await.unwrap();
    }
}

#[tokio::test]
async fn a_preference_lies_sealed_and_does_not_open_for_somebody_else() {
    for house in houses().await {
        let rep = house.as_("rep").await;
        rep.keep_preference("view.customer.a", &json!({ "label": "王总的老客户" })).await.unwrap();
        let mut raw = house.raw().await;
        let hex = match raw {
            Raw::Sqlite(_) => "SELECT lower(hex(sealed)) FROM preference",
            Raw::Postgres(_) => "SELECT encode(sealed, 'hex') FROM preference",
        };
        let stored = raw.texts(hex).await.concat();
        assert!(!stored.contains(&hex::encode("王总")));
        let thief = house.people["colleague"].as_str();
        raw.run(&format!("UPDATE preference SET person = '{thief}'")).await;
        let colleague = house.as_("colleague").await;
        assert!(colleague.preferences().await.is_err());
    }
}
