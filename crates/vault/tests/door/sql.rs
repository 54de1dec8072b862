//! A crate that has the vault has no SQL: the engines are no part of what the vault shows.
use kedun_vault::VaultError;
use sqlx::query; //~ E0432
use kedun_vault::sqlx::query as again; //~ E0432

pub fn right_way(error: &VaultError) -> String {
    error.to_string()
}
