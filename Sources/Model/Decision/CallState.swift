/// The state of a call; every call is in exactly one.
public enum CallState: String, Sendable, Hashable, CaseIterable {
    case pending, written, adopted, skipped, dead, withdrawn

    /// Whether a record of the call stands in Dynamics as far as the hub knows.
    public var hasRecord: Bool { self == .written || self == .adopted }
}
