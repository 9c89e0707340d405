public import FoundationEssentials

/// Where a report begins.
public enum Since: Sendable, Hashable {
    /// So long before now, by the server's clock.
    case span(Span)
    case moment(Date)
}
