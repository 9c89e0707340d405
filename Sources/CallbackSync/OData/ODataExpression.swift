import FoundationEssentials

/// A `$filter`: comparisons, `in`, `and`, `or`, `not`, columns that are true or false, `contains`, `startswith`, `endswith`, `tolower`,
/// `toupper`, in any number of brackets.
indirect enum ODataExpression: Sendable {
    case compare(Operand, Comparison, Operand)
    case among(Operand, [ODataCell])
    case text(TextFunction, Operand, Operand)
    /// The operand is true.
    case holds(Operand)
    case and(ODataExpression, ODataExpression)
    case or(ODataExpression, ODataExpression)
    case not(ODataExpression)

    enum Comparison: String, Sendable { case eq, ne, gt, ge, lt, le }
    enum TextFunction: String, Sendable { case contains, startswith, endswith }
    enum CaseFunction: String, Sendable { case tolower, toupper }

    /// What a comparison or a function is about.
    indirect enum Operand: Sendable {
        case column(String)
        case literal(ODataCell)
        case changed(CaseFunction, Operand)

        func value(in row: [String: ODataCell]) -> ODataCell {
            switch self {
            case .column(let name): return row[name] ?? .null
            case .literal(let cell): return cell
            case .changed(let function, let inner):
                let value = inner.value(in: row)
                guard case .text(let text) = value else { return value }
                return .text(function == .tolower ? text.lowercased() : text.uppercased())
            }
        }
    }

    init(_ text: String, columns: [String]) throws(ODataOptions.Refusal) {
        var parser = ODataExpressionParser(text, columns: columns)
        self = try parser.whole()
    }

    func matches(_ row: [String: ODataCell]) -> Bool {
        switch self {
        case .and(let a, let b): a.matches(row) && b.matches(row)
        case .or(let a, let b): a.matches(row) || b.matches(row)
        case .not(let a): !a.matches(row)
        case .holds(let operand): operand.value(in: row) == .bool(true)
        case .text(let function, let whole, let part): Self.matches(whole.value(in: row), function, part.value(in: row))
        case .compare(let a, let comparison, let b): Self.matches(a.value(in: row), comparison, b.value(in: row))
        case .among(let operand, let cells):
            cells.contains { Self.matches(operand.value(in: row), .eq, $0) }
        }
    }

    private static func matches(_ whole: ODataCell, _ function: TextFunction, _ part: ODataCell) -> Bool {
        guard let text = whole.searched, let wanted = part.searched else { return false }
        switch function {
        case .contains: return wanted.isEmpty || text.contains(wanted)
        case .startswith: return text.hasPrefix(wanted)
        case .endswith: return text.hasSuffix(wanted)
        }
    }

    /// Nothing is greater or less than null.
    private static func matches(_ cell: ODataCell, _ comparison: Comparison, _ value: ODataCell) -> Bool {
        if cell == .null || value == .null {
            switch comparison {
            case .eq: return cell == value
            case .ne: return cell != value
            default: return false
            }
        }
        guard let order = cell.compared(to: value) else { return comparison == .ne }
        switch comparison {
        case .eq: return order == 0
        case .ne: return order != 0
        case .gt: return order > 0
        case .ge: return order >= 0
        case .lt: return order < 0
        case .le: return order <= 0
        }
    }
}
