/// A parsed `$filter`, its names resolved to columns.
indirect enum FilterExpression {
    case constant(Bool)
    case and([FilterExpression])
    case or([FilterExpression])
    case not(FilterExpression)
    /// Text is folded already.
    case compare(ColumnPath, Comparison, CellValue)
    case columns(ColumnPath, Comparison, ColumnPath)
    case text(ColumnPath, TextPattern)
    case among(ColumnPath, ValueSet)
    case between(ColumnPath, CellValue, CellValue)
    case any(TableDefinition.CollectionNavigation, FilterExpression?)
    case all(TableDefinition.CollectionNavigation, FilterExpression)
}

/// The values of an `In`.
struct ValueSet {
    let values: [CellValue]
    /// The same, where all are texts, folded: hundreds of numbers are asked for at once.
    private let texts: Set<String>?

    init(_ values: [CellValue]) {
        self.values = values
        let texts = values.compactMap(\.text)
        self.texts = texts.count == values.count ? Set(texts) : nil
    }

    func contains(_ value: CellValue) -> Bool {
        if value.isNull { return false }
        if let texts, case .text(let text) = value { return texts.contains(Folding.fold(text)) }
        return values.contains { FilterEvaluation.compare(value, .equal, $0) }
    }
}

enum Comparison {
    case equal, notEqual, greater, greaterOrEqual, less, lessOrEqual

    func holds(_ order: Int) -> Bool {
        switch self {
        case .equal: order == 0
        case .notEqual: order != 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        }
    }
}

/// A column, perhaps of another row that lookups lead to.
struct ColumnPath {
    struct Hop {
        var column: Int
        var target: TableIndex
    }

    var hops: [Hop] = []
    var column: Int
    var kind: ColumnKind
}

/// `contains`, `startswith`, `endswith`: SQL's wildcards count in the pattern.
struct TextPattern {
    private let pieces: [LikePiece]
    private let plain: (kind: Kind, text: String)?

    enum Kind { case contains, startsWith, endsWith }

    private enum LikePiece {
        case byte(UInt8)
        case one
        case many
        case set(Set<UInt8>, negated: Bool)
    }

    init(_ kind: Kind, _ text: String) {
        let folded = Folding.fold(text)
        guard folded.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "[") })
        else {
            plain = (kind, folded)
            pieces = []
            return
        }
        plain = nil
        var pieces = TextPattern.pieces(Array(folded.utf8))
        if kind != .startsWith { pieces.insert(.many, at: 0) }
        if kind != .endsWith { pieces.append(.many) }
        self.pieces = pieces
    }

    func matches(_ text: String) -> Bool {
        let folded = Folding.fold(text)
        guard let plain else { return TextPattern.match(Array(folded.utf8)[...], pieces[...]) }
        switch plain.kind {
        case .startsWith: return folded.hasPrefix(plain.text)
        case .endsWith: return folded.hasSuffix(plain.text)
        case .contains: return plain.text.isEmpty || TextPattern.contains(folded, plain.text)
        }
    }

    private static func contains(_ text: String, _ part: String) -> Bool {
        let text = Array(text.utf8)
        let part = Array(part.utf8)
        guard part.count <= text.count else { return false }
        for start in 0...(text.count - part.count) where text[start..<start + part.count].elementsEqual(part) { return true }
        return false
    }

    private static func pieces(_ bytes: [UInt8]) -> [LikePiece] {
        var pieces: [LikePiece] = []
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "%"): pieces.append(.many)
            case UInt8(ascii: "_"): pieces.append(.one)
            case UInt8(ascii: "["):
                guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "]")) else {
                    pieces.append(.byte(bytes[index]))
                    break
                }
                let inner = bytes[(index + 1)..<end]
                let negated = inner.first == UInt8(ascii: "^")
                pieces.append(.set(Set(negated ? inner.dropFirst() : inner), negated: negated))
                index = end
            default: pieces.append(.byte(bytes[index]))
            }
            index += 1
        }
        return pieces
    }

    private static func match(_ text: ArraySlice<UInt8>, _ pieces: ArraySlice<LikePiece>) -> Bool {
        guard let piece = pieces.first else { return text.isEmpty }
        if case .many = piece {
            for start in text.startIndex...text.endIndex where match(text[start...], pieces.dropFirst()) { return true }
            return false
        }
        guard let byte = text.first else { return false }
        switch piece {
        case .byte(let expected) where expected != byte: return false
        case .set(let set, let negated) where set.contains(byte) == negated: return false
        default: return match(text.dropFirst(), pieces.dropFirst())
        }
    }
}
