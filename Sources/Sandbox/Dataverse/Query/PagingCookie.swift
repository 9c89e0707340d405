/// The `$skiptoken` of a next link: a page number and an XML cookie, in the URL encoded twice, as the platform does it.
struct PagingCookie {
    var page: Int
    var first: Guid
    var last: Guid
    var tracking = false
    /// The place of the last row in its table.
    var place: Int32?
    /// Of change tracking: the row version all pages show, and the one this page ended at.
    var version: Int64?
    var after: Int64?
    /// The page ended among the deletions.
    var inDeletions = false

    /// The value of `$skiptoken`, ready for a URL.
    func token(key: String) -> String {
        let inner =
            "<cookie page=\"\(page - 1)\"><\(key) last=\"{\(last.description.uppercased())}\" "
            + "first=\"{\(first.description.uppercased())}\" /></cookie>"
        let encoded = URLText.encode(inner)
        let cookie =
            "<cookie pagenumber=\"\(page)\" pagingcookie=\"\(encoded)\" istracking=\"\(tracking ? "True" : "False")\""
            + extra + " />"
        return URLText.encode(cookie, keeping: "=/")
    }

    private var extra: String {
        var text = ""
        if let place { text += " place=\"\(place)\"" }
        if let version { text += " upto=\"\(version)\"" }
        if let after { text += " after=\"\(after)\"" }
        if inDeletions { text += " part=\"deletions\"" }
        return text
    }

    /// Reads the decoded value of `$skiptoken`.
    init?(_ token: String) {
        guard let page = PagingCookie.attribute("pagenumber", of: token).flatMap({ Int($0) }),
            let encoded = PagingCookie.attribute("pagingcookie", of: token)
        else { return nil }
        let inner = URLText.decode(encoded)
        guard let last = PagingCookie.attribute("last", of: inner).flatMap({ Guid($0) }),
            let first = PagingCookie.attribute("first", of: inner).flatMap({ Guid($0) })
        else { return nil }
        self.page = page
        self.first = first
        self.last = last
        tracking = PagingCookie.attribute("istracking", of: token) == "True"
        place = PagingCookie.attribute(" place", of: token).flatMap { Int32($0) }
        version = PagingCookie.attribute(" upto", of: token).flatMap { Int64($0) }
        after = PagingCookie.attribute(" after", of: token).flatMap { Int64($0) }
        inDeletions = PagingCookie.attribute(" part", of: token) == "deletions"
    }

    init(page: Int, first: Guid, last: Guid, place: Int32? = nil) {
        self.page = page
        self.first = first
        self.last = last
        self.place = place
    }

    private static func attribute(_ name: String, of text: String) -> String? {
        let bytes = Array(text.utf8)
        let mark = Array((name + "=\"").utf8)
        guard bytes.count > mark.count else { return nil }
        for start in 0..<(bytes.count - mark.count) where bytes[start..<start + mark.count].elementsEqual(mark) {
            let from = start + mark.count
            guard let end = bytes[from...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
            return String(decoding: bytes[from..<end], as: UTF8.self)
        }
        return nil
    }
}
