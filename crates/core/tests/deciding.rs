//! The list of requests: whose it is, however many others there are.

use crate::common::{houses, kek};
use kedun_vault::tampering;

#[tokio::test(flavor = "multi_thread")]
async fn six_hundred_requests_of_others_push_nobody_s_own_out_of_the_list() {
    for house in houses().await {
        let (rep, manager) = (house.as_("zhang.wei").await, house.as_("zhao.qiang").await);
        let department = manager.department().unwrap().clone();
        let insert = |id: String, requester: &str, department: &str, act: &str, at: i64, until: i64| {
            format!(
                "INSERT INTO task (id, kind, state, requester, department, act, target, snapshot, snapshot_hash, \
                 created_at, expires_at) VALUES ('{id}', 'export', 'open', '{requester}', '{department}', '{act}', \
                 'case-{id}', '{{}}', '{}', {at}, {until})",
                "ab".repeat(32)
            )
        };
        let (now, later) = (house.clock.now(), house.clock.now() + 86_400_000);
        let mut planted = vec![
            insert("mine".into(), rep.person().as_str(), department.as_str(), "exports.approve", now, later),
            insert(
                "late".into(),
                rep.person().as_str(),
                department.as_str(),
                "exports.approve",
                now,
                now - 1,
            ),
        ];
        for n in 0..600 {
            planted.push(insert(
                format!("o{n}"),
                "nobody",
                "elsewhere",
                "exports.approve",
                now + 1 + n,
                later,
            ));
            planted.push(insert(
                format!("e{n}"),
                "nobody",
                "elsewhere",
                "erasures.approve",
                now + 1 + n,
                later,
            ));
        }
        let planted: Vec<&str> = planted.iter().map(String::as_str).collect();
        tampering::run(&house.source, &kek(), &planted).await.unwrap();

        let of = async |scope: &kedun_vault::Scope, open| {
            let tasks = scope.tasks(open).await.unwrap();
            let mut ids: Vec<String> = tasks
                .into_iter()
                .map(|t| t.id)
                .filter(|id| id == "mine" || id == "late" || id.len() < 5)
                .collect();
            ids.sort();
            ids
        };
        assert_eq!(of(&rep, true).await, ["mine"]);
        assert_eq!(of(&rep, false).await, ["late", "mine"]);
        // Who decides for the department sees it too; requests from elsewhere are not theirs.
        assert_eq!(of(&manager, true).await, ["mine"]);
        // Who decides everywhere sees those of everybody, 500 at most.
        let legal = house.as_("he.zheng").await;
        assert_eq!(legal.tasks(true).await.unwrap().len(), 500);
        // Who decides nothing and asked for nothing sees nothing.
        let other = house.as_("li.na").await;
        assert!(of(&other, false).await.is_empty());
    }
}
