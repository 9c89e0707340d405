import Foundation

/// The query options of a read, as OData v4 clients write them.
struct ODataOptions: Sendable {
    var select: [String] = []
    var filter: ODataExpression?
    var order: [(name: String, descending: Bool)] = []
    var top: Int?
    var skip = 0
    var count = false
    /// Rows that earlier pages of the same answer had.
    var paged = 0
    /// The query as it came, without the place that a page begins at.
    var others = ""

    /// A request that makes no sense, in words for whoever sent it.
    struct Refusal: Error, Equatable {
        let message: String
        /// It makes sense, but is not offered here.
        var isUnsupported = false
    }

    /// What a service has to refuse when it can't do it; options without a `$` are the client's own.
    private static let unsupported: Set = ["$expand", "$search", "$apply", "$compute", "$deltatoken"]

    /// - Parameter query: percent-encoded, without the question mark. Options of the client's own are passed over.
    init(query: String, columns: [String]) throws(Refusal) {
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? Self.decoded(parts[1]) : ""
            let name = Self.decoded(parts[0]).lowercased()
            if name != "$skiptoken" { others += (others.isEmpty ? "" : "&") + pair }
            switch name {
            case "$select": select = try Self.names(value, columns)
            case "$filter": filter = value.isEmpty ? nil : try ODataExpression(value, columns: columns)
            case "$orderby": order = try Self.order(value, columns)
            case "$top": top = try Self.number(value, "$top")
            case "$skip": skip = try Self.number(value, "$skip")
            case "$count": count = value.lowercased() == "true"
            case "$skiptoken": paged = try Self.number(value, "$skiptoken")
            case _ where Self.unsupported.contains(name):
                throw Refusal(message: "\(name) is not offered by this service.", isUnsupported: true)
            default: continue
            }
        }
    }

    private static func names(_ text: String, _ columns: [String]) throws(Refusal) -> [String] {
        var names: [String] = []
        for part in text.split(separator: ",") {
            let name = part.filter { $0 != " " }
            if name == "*" { return [] }
            names.append(try column(name, columns))
        }
        return names
    }

    private static func order(_ text: String, _ columns: [String]) throws(Refusal) -> [(name: String, descending: Bool)] {
        var order: [(name: String, descending: Bool)] = []
        for part in text.split(separator: ",") {
            let words = part.split(separator: " ")
            guard let first = words.first else { continue }
            if part.contains("(") {
                throw Refusal(message: "Functions are not offered in $orderby by this service.", isUnsupported: true)
            }
            order.append((try column(String(first), columns), words.count > 1 && words[1].lowercased() == "desc"))
        }
        return order
    }

    private static func number(_ text: String, _ option: String) throws(Refusal) -> Int {
        guard let number = Int(text), number >= 0 else { throw Refusal(message: "\(option) must be a whole number, 0 or more.") }
        return number
    }

    static func column(_ name: String, _ columns: [String]) throws(Refusal) -> String {
        guard columns.contains(name) else {
            throw Refusal(message: "Could not find a property named '\(name)' on type 'Trunkline.CallbackList'.")
        }
        return name
    }

    private static func decoded(_ text: Substring) -> String {
        let spaced = String(text.map { $0 == "+" ? " " : $0 })
        return spaced.removingPercentEncoding ?? spaced
    }
}
