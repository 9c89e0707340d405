/// Why a rehearsal can't go on.
public struct RehearsalError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
