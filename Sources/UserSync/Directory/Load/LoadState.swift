import FoundationEssentials

/// How far a table was read into the directory: the row of `hub.directory_load`.
struct LoadState: Sendable, Hashable {
    enum Phase: String, Sendable { case new, loading, sweeping, tracking, off }

    var phase = Phase.new
    var generation: Int64 = 0
    var columns = ""
    var nextLink: String?
    var deltaLink: String?
    var sweptTo: UUID?
    var resyncWanted = false
    var hasCompleted = false
    /// Changes were read since the last full load, or that was a day ago.
    var mayResync = false
}

/// What is to be done next for a table. Pure.
enum LoadStep: Sendable, Hashable {
    /// A full load begins; what is there stays until the load has ended.
    case begin(reason: String)
    /// The table is not wanted any more: its entries go.
    case leave
    /// A page of a full load.
    case load(link: String?)
    /// A portion of what the load did not see is removed.
    case sweep
    /// What changed: the first page by the delta link, the others by the link of the page before.
    case track(link: String)
    case rest

    /// - Parameter fingerprint: of the columns that are read now.
    init(_ state: LoadState, isWanted: Bool, fingerprint: String) {
        guard isWanted else {
            switch state.phase {
            case .new, .off: self = .rest
            case .sweeping where state.columns.isEmpty: self = .sweep
            case .sweeping, .loading, .tracking: self = .leave
            }
            return
        }
        if state.resyncWanted {
            self = .begin(reason: "asked for")
        } else if state.phase != .new, state.phase != .off, state.columns != fingerprint {
            self = .begin(reason: "other columns or another region")
        } else {
            switch state.phase {
            case .new, .off: self = .begin(reason: "first load")
            case .loading: self = .load(link: state.nextLink)
            case .sweeping: self = .sweep
            case .tracking:
                // Without a link nothing would ever be told.
                self = (state.nextLink ?? state.deltaLink).map { .track(link: $0) } ?? .begin(reason: "no link for changes")
            }
        }
    }
}
