public import Foundation
internal import Postgres

/// A JSON value of an answer.
public enum ODataValue: Sendable, Hashable {
    case null
    case bool(Bool)
    /// A number as it was written.
    case number(String)
    case string(String)
    case array([ODataValue])
    case object(ODataRow)
}

extension ODataValue {
    public var isNull: Bool { self == .null }
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var int: Int? {
        if case .number(let text) = self { Int(text) ?? Double(text).flatMap { Int(exactly: $0) } } else { nil }
    }
    public var double: Double? { if case .number(let text) = self { Double(text) } else { nil } }
    public var guid: UUID? { string.flatMap(UUID.init(hyphenated:)) }
    public var date: Date? { string.flatMap(ODataDate.date) }
    public var array: [ODataValue]? { if case .array(let value) = self { value } else { nil } }
    public var row: ODataRow? { if case .object(let value) = self { value } else { nil } }
}

/// A row of an answer: its columns and annotations by name, in the order they came.
public struct ODataRow: Sendable, Hashable {
    public struct Member: Sendable, Hashable {
        public var name: String
        public var value: ODataValue

        public init(name: String, value: ODataValue) {
            self.name = name
            self.value = value
        }
    }
    public var members: [Member]

    public init(members: [Member] = []) { self.members = members }

    /// nil when the row has no such column (a null column gives ``ODataValue/null``).
    public subscript(_ name: String) -> ODataValue? { members.first { $0.name == name }?.value }

    public func string(_ name: String) -> String? { self[name]?.string }
    public func int(_ name: String) -> Int? { self[name]?.int }
    public func bool(_ name: String) -> Bool? { self[name]?.bool }
    public func guid(_ name: String) -> UUID? { self[name]?.guid }
    public func date(_ name: String) -> Date? { self[name]?.date }
    /// The row's version, for guarded updates.
    public var etag: String? { string("@odata.etag") }
}

/// One page of an answer.
public struct ODataPage: Sendable {
    public var rows: [ODataRow]
    /// Where the next page is; opaque.
    public var nextLink: String?
    public var deltaLink: String?
    public var count: Int?

    public init(rows: [ODataRow], nextLink: String? = nil, deltaLink: String? = nil, count: Int? = nil) {
        self.rows = rows
        self.nextLink = nextLink
        self.deltaLink = deltaLink
        self.count = count
    }
}
