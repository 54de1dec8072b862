//! What a new version of a role would change, in the terms of the rules rather than of the text.

use super::{Act, Grant, Reach, RoleDef, RowScope, Verb};
use crate::definition::ObjectDef;
use crate::id::{GrantId, ObjectName};
use serde::Serialize;
use std::collections::BTreeSet;

/// One effect that publishing a role would have for whoever holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Effect {
    /// Rows of an object come into reach.
    GrantAdded {
        /// The grant.
        grant: GrantId,
        /// The object.
        object: ObjectName,
        /// The rows.
        scope: RowScope,
        /// What may be done with them.
        verbs: Vec<Verb>,
    },
    /// Rows of an object go out of reach, as far as no other grant reaches them.
    GrantRemoved {
        /// The grant.
        grant: GrantId,
        /// The object.
        object: ObjectName,
        /// The rows.
        scope: RowScope,
    },
    /// A grant reaches other rows.
    Scope {
        /// The grant.
        grant: GrantId,
        /// The object.
        object: ObjectName,
        /// The rows before.
        from: RowScope,
        /// The rows after.
        to: RowScope,
    },
    /// A verb comes or goes.
    Verb {
        /// The grant.
        grant: GrantId,
        /// The object.
        object: ObjectName,
        /// The rows.
        scope: RowScope,
        /// The verb.
        verb: Verb,
        /// Whether it comes.
        gained: bool,
    },
    /// A field is shown or written differently.
    Field {
        /// The grant.
        grant: GrantId,
        /// The object.
        object: ObjectName,
        /// The rows.
        scope: RowScope,
        /// The field's name.
        field: String,
        /// The right before.
        from: &'static str,
        /// The right after.
        to: &'static str,
    },
    /// An act comes, goes, or reaches other people.
    Act {
        /// The act.
        act: Act,
        /// Its reach before.
        from: Option<Reach>,
        /// Its reach after.
        to: Option<Reach>,
    },
    /// The most reveals per hour.
    Reveals {
        /// Before.
        from: u32,
        /// After.
        to: u32,
    },
}

/// Everything that the new version of a role would change; `object` finds a definition. Both are bound to their fields.
pub fn effects<'a>(
    before: Option<&RoleDef>,
    after: &RoleDef,
    object: impl Fn(&ObjectName) -> Option<&'a ObjectDef>,
) -> Vec<Effect> {
    let mut found = Vec::new();
    let old: &[Grant] = before.map_or(&[], |role| &role.grants);
    for grant in old {
        let now = after.grants.iter().find(|g| g.id == grant.id && g.object == grant.object);
        match now {
            Some(now) => compare(grant, now, object(&grant.object), &mut found),
            None => found.push(Effect::GrantRemoved {
                grant: grant.id.clone(),
                object: grant.object.clone(),
                scope: grant.scope.clone(),
            }),
        }
    }
    for grant in &after.grants {
        if !old.iter().any(|g| g.id == grant.id && g.object == grant.object) {
            found.push(Effect::GrantAdded {
                grant: grant.id.clone(),
                object: grant.object.clone(),
                scope: grant.scope.clone(),
                verbs: grant.verbs.clone(),
            });
            let nothing = Grant { fields: super::FieldRights::default(), ..grant.clone() };
            fields(&nothing, grant, object(&grant.object), &mut found);
        }
    }
    for act in Act::ALL {
        let from = before.and_then(|role| role.acts.get(&act)).copied();
        let to = after.acts.get(&act).copied();
        if from != to {
            found.push(Effect::Act { act, from, to });
        }
    }
    let from = before.map_or(0, |role| role.reveals_per_hour);
    if from != after.reveals_per_hour {
        found.push(Effect::Reveals { from, to: after.reveals_per_hour });
    }
    found
}

fn compare(old: &Grant, new: &Grant, def: Option<&ObjectDef>, found: &mut Vec<Effect>) {
    if old.scope != new.scope {
        found.push(Effect::Scope {
            grant: new.id.clone(),
            object: new.object.clone(),
            from: old.scope.clone(),
            to: new.scope.clone(),
        });
    }
    let (before, after): (BTreeSet<_>, BTreeSet<_>) =
        (old.verbs.iter().collect(), new.verbs.iter().collect());
    for verb in before.symmetric_difference(&after) {
        found.push(Effect::Verb {
            grant: new.id.clone(),
            object: new.object.clone(),
            scope: new.scope.clone(),
            verb: **verb,
            gained: after.contains(*verb),
        });
    }
    fields(old, new, def, found);
}

fn fields(old: &Grant, new: &Grant, def: Option<&ObjectDef>, found: &mut Vec<Effect>) {
    let Some(def) = def else { return };
    for field in def.live_fields() {
        let (from, to) = (old.fields.right(field), new.fields.right(field));
        if from != to {
            found.push(Effect::Field {
                grant: new.id.clone(),
                object: new.object.clone(),
                scope: new.scope.clone(),
                field: field.name.clone(),
                from: from.as_str(),
                to: to.as_str(),
            });
        }
    }
}
