/// Thrown by a page that is somewhere else: go there.
struct GoTo: Error, Sendable {
    let path: String
}
