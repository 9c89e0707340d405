public import FoundationEssentials

/// What one list request brought: the elements that could be read, in the vendor's order, and those that could not.
///
/// It is a collection of the readable ones, so that a caller who only counts malformed elements can simply iterate.
public struct Listing<Element: Sendable>: Sendable {
    public var elements: [Element]
    public var malformed: [MalformedElement]
    /// The vendor's clock when it answered, by the `Date` header; of several answers the earliest. Nil when it said nothing.
    public var serverTime: Date?

    public init(_ elements: [Element] = [], malformed: [MalformedElement] = [], serverTime: Date? = nil) {
        self.elements = elements
        self.malformed = malformed
        self.serverTime = serverTime
    }

    mutating func append(_ other: Listing) {
        elements += other.elements
        malformed += other.malformed
        serverTime = [serverTime, other.serverTime].compactMap { $0 }.min()
    }
}

extension Listing: RandomAccessCollection {
    public var startIndex: Int { elements.startIndex }
    public var endIndex: Int { elements.endIndex }
    public subscript(position: Int) -> Element { elements[position] }
}

/// An element of a list answer that is no object or not JSON, while its neighbours are fine.
public struct MalformedElement: Sendable, Hashable {
    /// Its place in the answer, from 0.
    public var index: Int
    /// Why it could not be read. Holds no data.
    public var reason: String
    /// The element as received, repaired to UTF-8, at most 4,096 bytes. May hold personal data.
    public var raw: String
}
