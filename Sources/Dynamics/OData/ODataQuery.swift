/// A read: one row or a collection, with the options of the Web API that exist (there is no `$skip`).
public struct ODataQuery: Sendable, Hashable {
    /// Relative to the service root, for example `contacts`, `phonecalls(6f3c1c1e-…)` or `WhoAmI`.
    public var path: String
    /// Empty means all columns.
    public var select: [String]
    public var filter: ODataFilter?
    /// For example `createdon desc`; end with a unique column for stable pages.
    public var orderBy: [String] = []
    /// At most 5,000; ignored by the service when ``pageSize`` is set.
    public var top: Int?
    /// As OData has it, for example `phonecall_activity_parties($select=participationtypemask)`.
    public var expand: String?
    public var count = false
    /// Rows of a page, 1 to 5,000; nil leaves it to the service (5,000).
    public var pageSize: Int?
    /// Asks for a link by which what changed after this read is told later (`odata.track-changes`); without filter, order, expansion and top.
    public var tracksChanges = false
    /// Values of the aliases in a function's path, by name with the at sign.
    public var aliases: [String: String] = [:]
    /// Annotations to ask for, for example `*` or `OData.Community.Display.V1.FormattedValue`.
    public var annotations: [String] = []
    /// Whether caches of metadata and privileges are passed over (`Consistency: Strong`); they are up to half a minute old.
    public var isStronglyConsistent = false

    public init(_ path: String, select: [String] = [], filter: ODataFilter? = nil) {
        self.path = path
        self.select = select
        self.filter = filter
    }
}
