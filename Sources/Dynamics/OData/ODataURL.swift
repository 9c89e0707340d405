/// Writes queries as URLs relative to the service root.
enum ODataURL {
    /// Path and query string, percent-encoded.
    static func target(_ query: ODataQuery) -> String {
        var target = encodedPath(query.path)
        var options: [(String, String)] = []
        if !query.select.isEmpty { options.append(("$select", query.select.joined(separator: ","))) }
        if let filter = query.filter { options.append(("$filter", filter.text)) }
        if !query.orderBy.isEmpty { options.append(("$orderby", query.orderBy.joined(separator: ","))) }
        // The service ignores `$top` when a page size is asked for.
        if let top = query.top, query.pageSize == nil { options.append(("$top", String(min(top, 5000)))) }
        if let expand = query.expand { options.append(("$expand", expand)) }
        if query.count { options.append(("$count", "true")) }
        options += query.aliases.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        for (index, option) in options.enumerated() {
            target += index == 0 ? "?" : "&"
            target += option.0 + "=" + encodedQuery(option.1)
        }
        return target
    }

    /// The `Prefer` values of a read; nil when it has none.
    static func preference(_ query: ODataQuery) -> String? {
        var values: [String] = []
        if query.tracksChanges { values.append("odata.track-changes") }
        if let size = query.pageSize { values.append("odata.maxpagesize=\(min(max(size, 1), 5000))") }
        if !query.annotations.isEmpty {
            values.append("odata.include-annotations=\"\(query.annotations.joined(separator: ","))\"")
        }
        return values.isEmpty ? nil : values.joined(separator: ",")
    }

    static func encodedPath(_ text: String) -> String { encoded(text, keeping: pathBytes) }
    static func encodedQuery(_ text: String) -> String { encoded(text, keeping: queryBytes) }

    /// A link as the service gave it, with the characters encoded that no URL may hold (quotes are seen in skip tokens); everything else, `%` above
    /// all, stays as it is.
    static func legal(_ link: String) -> String { encoded(link, keeping: linkBytes) }

    /// A form field: everything but the unreserved characters is encoded.
    static func encodedForm(_ text: String) -> String { encoded(text, keeping: formBytes) }

    // A bare `+` in a query arrives as a blank, so it is never kept; `%` is always data here.
    private static let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    private static let queryBytes = table(unreserved.union("$,'()/:;=@*!".utf8))
    private static let pathBytes = table(unreserved.union("$,'()/:;=@*!?&".utf8))
    private static let linkBytes = table(unreserved.union("$,'()/:;=@*!?&%+#[]".utf8))
    private static let formBytes = table(unreserved)

    private static func table(_ bytes: Set<UInt8>) -> [Bool] { (0...255).map { bytes.contains(UInt8($0)) } }

    private static func encoded(_ text: String, keeping kept: [Bool]) -> String {
        let hex: StaticString = "0123456789ABCDEF"
        var out: [UInt8] = []
        out.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            if kept[Int(byte)] {
                out.append(byte)
            } else {
                out.append(0x25)
                out.append(hex.utf8Start[Int(byte >> 4)])
                out.append(hex.utf8Start[Int(byte & 15)])
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
