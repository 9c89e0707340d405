/// How a call is classed in Enreach. Only ``work`` leaves the hub.
public enum Privacy: String, Sendable, Hashable, CaseIterable {
    case work
    case `private`
    /// Not classed (yet), or with a class this version doesn't know.
    case undefined
}
