//! The forecast: what open opportunities may bring, by the month in which they are expected.

use super::funnel::{stage_field, stages};
use super::{Whose, calendar, filter};
use kedun_vault::{Group, GroupBy, Grouping, Result, Scope, Sum, Total};
use serde::Serialize;
use serde_json::json;

/// Months that are told one by one, the present one among them.
const MONTHS: usize = 6;

/// Open opportunities by month.
#[derive(Serialize)]
pub struct Forecast {
    /// Late ones, then month by month, then what comes later and what has no date; empty ones among the months too.
    pub months: Vec<Month>,
}

/// One month of it.
#[derive(Serialize)]
pub struct Month {
    /// Which of them it is.
    pub when: When,
    /// `2026-11`, for a month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
    /// How many opportunities.
    pub count: i64,
    /// Their amounts, 分.
    pub amount: Total,
    /// Their amounts weighted by their probabilities, 分; of those that have one.
    pub weighted: Total,
}

/// When it is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Before today.
    Late,
    /// In a month.
    Month,
    /// After the months.
    Later,
    /// Nobody said.
    Undated,
}

impl Month {
    fn empty(when: When, month: Option<String>) -> Month {
        Month { when, month, count: 0, amount: Total::default(), weighted: Total::default() }
    }

    fn add(&mut self, group: &Group) {
        self.count += group.count;
        for (own, more) in [&mut self.amount, &mut self.weighted].into_iter().zip(&group.sums) {
            own.sum += more.sum;
            own.of += more.of;
        }
    }
}

pub(super) async fn forecast(scope: &Scope, whose: Whose) -> Result<Forecast> {
    let def = scope.object("opportunity")?.clone();
    let open = stages(&def).0;
    let field = stage_field(&def)?;
    let grouping = Grouping {
        filter: Some(filter(&json!({ "all": [
            whose.owned(),
            { "field": field, "op": "in", "value": open },
        ] }))?),
        by: vec![GroupBy { field: "expected_at".to_owned(), day: true }],
        sums: vec![
            Sum { field: "amount".to_owned(), weight: None },
            Sum { field: "amount".to_owned(), weight: Some("probability".to_owned()) },
        ],
    };
    let groups = scope.group("opportunity", &grouping).await?;
    let zone = scope.catalog().zone();
    let today = calendar::day(zone, scope.now(), 0);
    Ok(Forecast { months: fold(&groups, &today) })
}

fn fold(groups: &[Group], today: &str) -> Vec<Month> {
    let mut months = vec![Month::empty(When::Late, None)];
    let mut month = Some(calendar::month(today).to_owned());
    for _ in 0..MONTHS {
        months.push(Month::empty(When::Month, month.clone()));
        month = month.as_deref().and_then(calendar::next_month);
    }
    months.push(Month::empty(When::Later, None));
    months.push(Month::empty(When::Undated, None));
    for group in groups {
        let place = match group.key.first().and_then(|key| key.text()) {
            None => months.iter_mut().find(|m| m.when == When::Undated),
            Some(day) if day < today => months.iter_mut().find(|m| m.when == When::Late),
            Some(day) => {
                let known = months.iter().position(|m| m.month.as_deref() == Some(calendar::month(day)));
                let later = months.iter().position(|m| m.when == When::Later);
                known.or(later).and_then(|at| months.get_mut(at))
            }
        };
        if let Some(place) = place {
            place.add(group);
        }
    }
    // What nobody has is no row of its own, but an empty month is.
    months.retain(|m| m.when == When::Month || m.count > 0);
    months
}

#[cfg(test)]
mod tests {
    use super::*;
    use kedun_vault::GroupKey;

    fn group(day: Option<&str>, sum: i64) -> Group {
        let key = day.map_or(GroupKey::None, |day| GroupKey::Text(day.to_owned()));
        let total = Total { sum, of: 1 };
        Group { key: vec![key], count: 1, sums: vec![total, Total { sum: sum / 2, of: 1 }] }
    }

    #[test]
    fn every_amount_is_in_exactly_one_month() {
        let groups = [
            group(None, 1),
            group(Some("2026-11-23"), 2),
            group(Some("2026-11-24"), 4),
            group(Some("2026-11-30"), 8),
            group(Some("2027-04-30"), 16),
            group(Some("2027-05-01"), 32),
        ];
        let months = fold(&groups, "2026-11-24");
        assert_eq!(months.iter().map(|m| m.amount.sum).sum::<i64>(), 63);
        assert_eq!(months.iter().map(|m| m.count).sum::<i64>(), 6);
        let of =
            |when: When| months.iter().filter(|m| m.when == when).map(|m| m.amount.sum).collect::<Vec<_>>();
        assert_eq!(of(When::Late), [2]);
        assert_eq!(of(When::Month), [12, 0, 0, 0, 0, 16]);
        assert_eq!((of(When::Later), of(When::Undated)), (vec![32], vec![1]));
    }
}
