/// Turns a JSON value into what one column may hold.
struct CellReader {
    let table: TableDefinition
    let column: ColumnDefinition

    func value(_ json: JSON) throws(WebError) -> CellValue {
        if json == .null { return .null }
        switch column.kind {
        case .text(let maxLength), .memo(let maxLength):
            guard case .string(let text) = json else { throw mismatch(json) }
            try checkLength(text, maxLength)
            return text.isEmpty ? .null : .text(text)
        case .key, .guid, .lookup:
            guard case .string(let text) = json, let guid = Guid(text) else { throw mismatch(json) }
            return .guid(guid)
        case .integer(let range):
            guard case .integer(let value) = json else { throw mismatch(json) }
            guard range.contains(value) else {
                throw outOfRange("0x80040203", value, "\(range.lowerBound) to \(range.upperBound)")
            }
            return .integer(value)
        case .bigInteger, .state, .status, .rowVersion:
            guard case .integer(let value) = json else { throw mismatch(json) }
            return .integer(value)
        case .choice(let options):
            guard case .integer(let value) = json else { throw mismatch(json) }
            guard options.contains(where: { $0.value == value }) else {
                throw outOfRange("0x8004431a", value, options.map { "\($0.value)" }.joined(separator: ","))
            }
            return .integer(value)
        case .number:
            guard let value = json.number else { throw mismatch(json) }
            return .number(value)
        case .boolean:
            guard case .bool(let value) = json else { throw mismatch(json) }
            return .bool(value)
        case .dateTime, .dateOnly:
            guard case .string(let text) = json, let value = DateText.parse(text) else { throw mismatch(json) }
            return .date(value)
        case .logicalName:
            return .null
        }
    }

    private func checkLength(_ text: String, _ maxLength: Int) throws(WebError) {
        if text.utf8.count <= maxLength || text.utf16.count <= maxLength { return }
        throw WebError(
            400, "0x80044331",
            "A validation error occurred. The length of the '\(column.name)' attribute of the '\(table.logicalName)' entity exceeded "
                + "the maximum allowed length of '\(maxLength)'.")
    }

    private func outOfRange(_ code: String, _ value: Int64, _ accepted: String) -> WebError {
        WebError(
            400, code,
            "A validation error occurred. The value \(value) of '\(column.name)' on record of type '\(table.logicalName)' is outside "
                + "the valid range. Accepted Values: \(accepted)")
    }

    private func mismatch(_ json: JSON) -> WebError {
        let literal = String(decoding: json.encoded.prefix(100), as: UTF8.self)
        return .payload(table, "Cannot convert the literal '\(literal)' to the expected type '\(column.kind.edmType)'.")
    }
}
