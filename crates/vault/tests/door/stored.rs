//! What is stored, and the ways to it, are not nameable outside.
use kedun_vault::row::Stored; //~ E0603
use kedun_vault::sql::Db; //~ E0603
use kedun_vault::plan::by_ids; //~ E0603
use kedun_vault::keyring::Keyring; //~ E0603
use kedun_vault::lane::Lane; //~ E0603
use kedun_vault::directory::Directory; //~ E0603
use kedun_vault::audit::Scribe; //~ E0603
use kedun_vault::Query;

pub fn right_way() -> Query {
    Query::default()
}
