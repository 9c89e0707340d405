/// What a subscriber of a channel sees.
public enum ListenerEvent: Sendable, Hashable {
    /// Listening from now on: at first, and again after each gap (a lost connection, or a subscriber too slow for the flood). What was sent
    /// before is unknown, so look at the tables.
    case listening
    /// Somebody called NOTIFY on the channel and committed.
    case notification(payload: String)
}
