/// Why the private server can't be had.
public struct EmbeddedPostgresError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
