/// What one column of one row holds.
enum CellValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case guid(Guid)
    /// Whole seconds since 1970.
    case date(Int64)
    case lookup(Reference)

    var isNull: Bool {
        if case .null = self { true } else { false }
    }

    var text: String? {
        if case .text(let value) = self { value } else { nil }
    }

    var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    var reference: Reference? {
        if case .lookup(let value) = self { value } else { nil }
    }

    /// The guid itself or the one a lookup points at.
    var guid: Guid? {
        switch self {
        case .guid(let value): value
        case .lookup(let reference): reference.id
        default: nil
        }
    }
}

/// A row of some table.
struct Reference: Sendable, Hashable {
    var table: TableIndex
    var id: Guid
}

/// The place of a table in the schema.
struct TableIndex: Sendable, Hashable {
    var rawValue: UInt16
}
