/// A value as written in a query.
enum FilterLiteral {
    case null
    case bool(Bool)
    case string(String)
    case integer(Int64)
    case number(Double)
    case guid(Guid)
    case date(Int64)

    private var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "Edm.Boolean"
        case .string: "Edm.String"
        case .integer: "Edm.Int32"
        case .number: "Edm.Double"
        case .guid: "Edm.Guid"
        case .date: "Edm.DateTimeOffset"
        }
    }

    /// The value in the type of a column; text is folded.
    func coerced(to kind: ColumnKind, comparison: Comparison) throws(WebError) -> CellValue {
        switch (kind, self) {
        case (_, .null):
            return .null
        case (.text, .string(let value)), (.memo, .string(let value)), (.logicalName, .string(let value)):
            return .text(Folding.fold(value))
        case (.key, .guid(let value)), (.guid, .guid(let value)), (.lookup, .guid(let value)):
            return .guid(value)
        case (.key, .string(let value)), (.guid, .string(let value)), (.lookup, .string(let value)):
            guard let guid = Guid(value) else { break }
            return .guid(guid)
        case (.dateTime, .date(let value)), (.dateOnly, .date(let value)):
            return .date(value)
        case (.boolean, .bool(let value)):
            return .bool(value)
        case (.integer, .integer(let value)), (.bigInteger, .integer(let value)), (.choice, .integer(let value)),
            (.state, .integer(let value)), (.status, .integer(let value)), (.rowVersion, .integer(let value)):
            return .integer(value)
        case (.integer, .number(let value)), (.bigInteger, .number(let value)), (.number, .number(let value)):
            return .number(value)
        case (.number, .integer(let value)):
            return .number(Double(value))
        default:
            break
        }
        throw .url(
            "A binary operator with incompatible types was detected. Found operand types '\(kind.edmType)' and '\(typeName)' for "
                + "operator kind '\(comparison.kindName)'.")
    }
}

extension Comparison {
    var kindName: String {
        switch self {
        case .equal: "Equal"
        case .notEqual: "NotEqual"
        case .greater: "GreaterThan"
        case .greaterOrEqual: "GreaterThanOrEqual"
        case .less: "LessThan"
        case .lessOrEqual: "LessThanOrEqual"
        }
    }
}

extension ColumnKind {
    var edmType: String {
        switch self {
        case .key, .guid, .lookup: "Edm.Guid"
        case .text, .memo, .logicalName: "Edm.String"
        case .integer, .choice, .state, .status: "Edm.Int32"
        case .bigInteger, .rowVersion: "Edm.Int64"
        case .number: "Edm.Decimal"
        case .boolean: "Edm.Boolean"
        case .dateTime: "Edm.DateTimeOffset"
        case .dateOnly: "Edm.Date"
        }
    }
}
