/// Which way a call went, seen from the tenant.
public enum Direction: String, Sendable, Hashable {
    case inbound
    case outbound
}
