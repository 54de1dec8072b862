//! Why a message is refused. No text here repeats what was received or a secret.

/// An error of a wire format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// The token of a callback is empty.
    #[error("the token of the callback is empty")]
    Token,
    /// The encoding key is not 43 characters of base64.
    #[error("the encoding key is not 43 characters of base64")]
    EncodingKey,
    /// The signature does not belong to the message.
    #[error("the signature does not belong to the message")]
    Signature,
    /// The timestamp is no number or lies outside the window.
    #[error("the timestamp is no number or lies outside the window")]
    Timestamp,
    /// The message is longer than [`crate::callback::ENCRYPTED_MAX`], or a reply than what fits in one.
    #[error("the message is too long")]
    TooLong,
    /// The message does not open: base64, length, padding or text. One answer for all, so that it tells nothing.
    #[error("the message does not open")]
    Damaged,
    /// The message is for another receiver.
    #[error("the message is for another receiver")]
    Receiver,
    /// A notice is empty, too long or has control characters.
    #[error("a notice is one line of 1 to 60 characters")]
    LineShape,
    /// A notice holds what could be a number or an address of a person.
    #[error("a notice holds at most six digits, no @ and no link of its own")]
    Personal,
    /// The house's address is not `https://host` or `https://host:port`.
    #[error("the house's address is not https://host or https://host:port")]
    House,
    /// The address of a push service is not `https`, too long, or where nobody may knock.
    #[error("the address of the push service is not one that may be knocked at")]
    Endpoint,
    /// A host is not `name` or `name:port`.
    #[error("a host is written name or name:port")]
    Host,
    /// The file holds no certificate.
    #[error("there is no certificate in PEM")]
    Certificate,
    /// The id of a record or task is not a UUID.
    #[error("the id in a link is not a UUID")]
    Id,
}
