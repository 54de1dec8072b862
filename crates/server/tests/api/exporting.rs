//! Ordering exports over the wire: what a client may say about the order itself.

use crate::company::in_every_house;
use serde_json::json;

#[test]
fn a_key_that_cannot_be_kept_is_refused_and_one_that_can_orders_once() {
    in_every_house(async |house| {
        let rep = house.as_("zhang.wei").await;
        let order = json!({ "object": "customer", "fields": ["name"], "purpose": "report", "format": "csv" });
        for key in ["", " ", &"k".repeat(101), "\u{e9}"] {
            let keyed = rep.clone().with("idempotency-key", key);
            let reply = keyed.post("/api/v1/exports", order.clone()).await;
            reply.faults("idempotency-key", "idempotency_key_format");
        }
        let keyed = rep.clone().with("idempotency-key", "order-1");
        let first = keyed.post("/api/v1/exports", order.clone()).await.expect(202).json();
        let again = keyed.post("/api/v1/exports", order).await.expect(202).json();
        assert_eq!(first["id"], again["id"]);
    });
}

#[test]
fn more_exports_than_a_list_holds_are_refused_and_not_cut() {
    in_every_house(async |house| {
        let rep = house.as_("zhang.wei").await;
        for limit in ["0", "201", "9999"] {
            rep.get(&format!("/api/v1/exports?limit={limit}")).await.faults("limit", "out_of_range");
        }
        rep.get("/api/v1/exports?limit=200").await.expect(200);
    });
}
