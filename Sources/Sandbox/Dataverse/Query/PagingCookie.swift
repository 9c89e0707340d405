/// The `$skiptoken` of a next link: a page number and an XML cookie, in the URL encoded twice, as the platform does it.
struct PagingCookie {
    var page: Int
    var first: Guid
    var last: Guid
    var tracking = false

    /// The value of `$skiptoken`, ready for a URL.
    func token(key: String) -> String {
        let inner =
            "<cookie page=\"\(page - 1)\"><\(key) last=\"{\(last.description.uppercased())}\" "
            + "first=\"{\(first.description.uppercased())}\" /></cookie>"
        let encoded = URLText.encode(inner)
        let cookie = "<cookie pagenumber=\"\(page)\" pagingcookie=\"\(encoded)\" istracking=\"\(tracking ? "True" : "False")\" />"
        return URLText.encode(cookie, keeping: "=/")
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
    }

    init(page: Int, first: Guid, last: Guid, tracking: Bool = false) {
        self.page = page
        self.first = first
        self.last = last
        self.tracking = tracking
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
