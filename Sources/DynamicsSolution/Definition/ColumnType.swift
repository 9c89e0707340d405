/// What a column holds, and so how it is described to the metadata interface.
package enum ColumnType: Sendable, Hashable {
    case text(length: Int, format: TextFormat = .plain)
    case memo(length: Int)
    case whole(ClosedRange<Int>)
    case flag
    /// Options with their values, in order; local to the column.
    case choice([Option])

    package enum TextFormat: String, Sendable, Hashable {
        case plain = "Text"
        case email = "Email"
        case url = "Url"
    }

    package struct Option: Sendable, Hashable {
        package let value: Int
        package let label: String
    }

    /// `AttributeType` as the metadata interface answers it.
    package var attributeType: String {
        switch self {
        case .text: "String"
        case .memo: "Memo"
        case .whole: "Integer"
        case .flag: "Boolean"
        case .choice: "Picklist"
        }
    }

    /// In words, for the listing.
    package var words: String {
        switch self {
        case .text(let length, _): "text of \(length)"
        case .memo(let length): "long text of \(length)"
        case .whole: "whole number"
        case .flag: "yes or no"
        case .choice(let options): "choice: " + options.map(\.label).joined(separator: ", ")
        }
    }
}
