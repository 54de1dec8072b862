use super::*;
use proptest::prelude::*;

const ASKED: Snapshot = Snapshot([1; 32]);
const OTHER: Snapshot = Snapshot([2; 32]);
const END: i64 = 1_000;

fn rep() -> PersonId {
    "rep".into()
}

fn manager() -> PersonId {
    "manager".into()
}

fn open() -> Approval {
    Approval::open(Kind::Export, rep(), ASKED, END)
}

fn approved() -> Approval {
    open().decide(&manager(), 10, Decision::Approve, &ASKED, "").unwrap()
}

#[test]
fn an_approval_is_spent_once_for_what_was_approved() {
    let approved = approved();
    assert_eq!(
        (approved.state, approved.decided_by.clone(), approved.decided_at),
        (State::Approved, Some(manager()), Some(10))
    );
    assert_eq!(approved.spend(20, &OTHER), Err(FlowError::SnapshotChanged));
    let spent = approved.spend(20, &ASKED).unwrap();
    assert_eq!(spent.spend(20, &ASKED), Err(FlowError::AlreadySpent));
    assert_eq!(spent.cancel(&rep()), Err(FlowError::AlreadySpent));
    assert_eq!(open().spend(20, &ASKED), Err(FlowError::NotApproved));
}

#[test]
fn the_right_to_be_erased_does_not_lapse() {
    let open = Approval::open(Kind::Erasure, rep(), ASKED, END);
    let approved = open.decide(&manager(), END + 1, Decision::Approve, &ASKED, "").unwrap();
    assert!(approved.spend(2 * END, &ASKED).is_ok());
    assert_eq!(open.decide(&rep(), END + 1, Decision::Approve, &ASKED, ""), Err(FlowError::OwnRequest));
}

#[test]
fn nobody_decides_on_their_own_request() {
    assert_eq!(open().decide(&rep(), 10, Decision::Approve, &ASKED, ""), Err(FlowError::OwnRequest));
    assert_eq!(open().decide(&rep(), 10, Decision::Reject, &ASKED, "no"), Err(FlowError::OwnRequest));
    let forged = Approval { decided_by: Some(rep()), ..approved() };
    assert_eq!(forged.spend(20, &ASKED), Err(FlowError::NotApproved));
    let forged = Approval { decided_by: None, ..approved() };
    assert_eq!(forged.spend(20, &ASKED), Err(FlowError::NotApproved));
}

#[test]
fn a_changed_thing_voids_the_request() {
    assert_eq!(open().decide(&manager(), 10, Decision::Approve, &OTHER, ""), Err(FlowError::SnapshotChanged));
    assert_eq!(open().void().unwrap().state, State::Cancelled);
    assert_eq!(approved().void().unwrap().state, State::Cancelled);
    assert_eq!(approved().void().unwrap().spend(20, &ASKED), Err(FlowError::NotApproved));
}

#[test]
fn a_rejection_says_why_and_is_final() {
    assert_eq!(
        open().decide(&manager(), 10, Decision::Reject, &ASKED, " \n"),
        Err(FlowError::CommentRequired)
    );
    let rejected = open().decide(&manager(), 10, Decision::Reject, &ASKED, " too many rows ").unwrap();
    assert_eq!((rejected.state, rejected.comment.as_deref()), (State::Rejected, Some("too many rows")));
    assert_eq!(rejected.decide(&manager(), 11, Decision::Approve, &ASKED, ""), Err(FlowError::NotOpen));
    assert_eq!(rejected.cancel(&rep()), Err(FlowError::NotOpen));
    let long = "好".repeat(MAX_COMMENT + 1);
    assert_eq!(
        open().decide(&manager(), 10, Decision::Approve, &ASKED, &long),
        Err(FlowError::CommentTooLong)
    );
    for decision in [Decision::Approve, Decision::Reject] {
        assert_eq!(
            open().decide(&manager(), 10, decision, &ASKED, "ask 13800138000 first"),
            Err(FlowError::CommentPersonal)
        );
    }
}

#[test]
fn time_ends_at_the_moment_named() {
    assert!(open().decide(&manager(), END - 1, Decision::Approve, &ASKED, "").is_ok());
    assert_eq!(open().decide(&manager(), END, Decision::Approve, &ASKED, ""), Err(FlowError::Expired));
    assert!(approved().spend(END - 1, &ASKED).is_ok());
    assert_eq!(approved().spend(END, &ASKED), Err(FlowError::Expired));
    assert_eq!(open().expire(END - 1), open());
    assert_eq!(open().expire(END).state, State::Expired);
    assert_eq!(
        approved().expire(END).spend(0, &ASKED),
        Err(FlowError::Expired),
        "time set back revives nothing"
    );
    let spent = approved().spend(20, &ASKED).unwrap();
    assert_eq!(spent.expire(END), spent);
}

#[test]
fn only_the_requester_takes_it_back() {
    assert_eq!(open().cancel(&manager()), Err(FlowError::NotRequester));
    assert_eq!(open().cancel(&rep()).unwrap().state, State::Cancelled);
    assert_eq!(approved().cancel(&rep()).unwrap().state, State::Cancelled);
}

#[test]
fn an_approval_is_stored_as_json() {
    let text = serde_json::to_string(&approved()).unwrap();
    assert_eq!(serde_json::from_str::<Approval>(&text).unwrap(), approved());
    assert!(text.contains(&format!("\"snapshot_hash\":\"{}\"", "01".repeat(32))), "{text}");
    for bad in ["", "01", &"0g".repeat(32), &"+1".repeat(32), &"é".repeat(32)] {
        assert_eq!(Snapshot::parse(bad), None, "{bad}");
    }
    assert_eq!(Snapshot::parse(&"AB".repeat(32)), Some(Snapshot::new([0xab; 32])));
}

#[derive(Clone, Debug)]
enum Step {
    Decide { by: usize, at: i64, approve: bool, same: bool },
    Spend { at: i64, same: bool },
    Cancel { by: usize },
    Void,
    Expire { at: i64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let at = || prop_oneof![4 => 0..END, 1 => END..END + 50];
    let step = prop_oneof![
        4 => (0..3_usize, at(), any::<bool>(), prop::bool::weighted(0.8))
            .prop_map(|(by, at, approve, same)| Step::Decide { by, at, approve, same }),
        4 => (at(), prop::bool::weighted(0.7)).prop_map(|(at, same)| Step::Spend { at, same }),
        1 => (0..3_usize).prop_map(|by| Step::Cancel { by }),
        1 => Just(Step::Void),
        1 => at().prop_map(|at| Step::Expire { at }),
    ];
    prop::collection::vec(step, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn no_order_of_steps_breaks_the_invariant(steps in steps()) {
        let people = [rep(), manager(), PersonId::from("other")];
        let hash = |same: bool| if same { ASKED } else { OTHER };
        let mut now = open();
        let mut spent = 0;
        for step in steps {
            let next = match &step {
                Step::Decide { by, at, approve, same } => {
                    let decision = if *approve { Decision::Approve } else { Decision::Reject };
                    now.decide(&people[*by], *at, decision, &hash(*same), "because")
                }
                Step::Spend { at, same } => {
                    let next = now.spend(*at, &hash(*same));
                    if next.is_ok() {
                        spent += 1;
                        prop_assert!(*same, "spent on another snapshot");
                        prop_assert!(*at < END, "spent too late");
                    }
                    next
                }
                Step::Cancel { by } => now.cancel(&people[*by]),
                Step::Void => now.void(),
                Step::Expire { at } => Ok(now.expire(*at)),
            };
            if let Ok(next) = next {
                prop_assert!(!now.state.is_final() || next == now, "{:?} was final", now.state);
                prop_assert_eq!((&next.requester, next.snapshot_hash, next.expires_at), (&now.requester, ASKED, END));
                now = next;
            }
            if matches!(now.state, State::Approved | State::Spent) {
                prop_assert!(now.decided_by.is_some());
                prop_assert_ne!(now.decided_by.as_ref(), Some(&now.requester));
            }
            prop_assert!(spent <= 1);
        }
    }
}
