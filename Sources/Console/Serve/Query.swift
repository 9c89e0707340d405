import Foundation

/// The part of an address behind the question mark, or a form's fields: names and values in their order.
struct Query: Sendable, Equatable {
    private(set) var pairs: [Pair]

    struct Pair: Sendable, Equatable {
        let name: String
        let value: String
    }

    init(_ pairs: [Pair] = []) { self.pairs = pairs }

    /// Reads `name=value&…` with percent-encoding, blanks as `+`. What is not readable is taken as it stands.
    init(encoded text: some StringProtocol) {
        pairs = text.split(separator: "&").map { part in
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return Pair(name: Self.decoded(halves[0]), value: halves.count > 1 ? Self.decoded(halves[1]) : "")
        }
    }

    /// The first value of that name without blanks around it; nil when it is missing or empty.
    subscript(name: String) -> String? {
        guard let value = pairs.first(where: { $0.name == name })?.value.trimmingCharacters(in: .whitespacesAndNewlines),
            !value.isEmpty
        else { return nil }
        return value
    }

    /// As it was sent, for texts whose blanks count.
    func raw(_ name: String) -> String? { pairs.first { $0.name == name }?.value }

    func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

    func integer<Value: FixedWidthInteger>(_ name: String, as type: Value.Type = Value.self) -> Value? {
        self[name].flatMap { Value($0) }
    }

    func uuid(_ name: String) -> UUID? { self[name].flatMap { UUID(uuidString: $0) } }

    /// One of a few words; nil for any other.
    func choice(_ name: String, of words: [String]) -> String? {
        self[name].flatMap { words.contains($0) ? $0 : nil }
    }

    /// The same with one value for the name, or without it (nil or empty).
    func setting(_ name: String, _ value: String?) -> Query {
        var query = Query(pairs.filter { $0.name != name })
        if let value, !value.isEmpty { query.pairs.append(Pair(name: name, value: value)) }
        return query
    }

    /// The same with one more value for the name.
    func adding(_ name: String, _ value: String) -> Query { Query(pairs + [Pair(name: name, value: value)]) }

    func removing(_ names: String...) -> Query { Query(pairs.filter { !names.contains($0.name) }) }
    func keeping(_ names: [String]) -> Query { Query(pairs.filter { names.contains($0.name) && !$0.value.isEmpty }) }

    /// As it goes into an address.
    var encoded: String { pairs.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&") }

    /// A path with this behind it.
    func link(_ path: String) -> String { pairs.isEmpty ? path : "\(path)?\(encoded)" }

    private static func decoded(_ text: some StringProtocol) -> String {
        let blanks = String(text).replacing("+", with: " ")
        return blanks.removingPercentEncoding ?? blanks
    }

    static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}
