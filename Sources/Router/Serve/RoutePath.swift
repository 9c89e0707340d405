/// What an address stands for.
enum RoutePath: Equatable {
    /// `/route`, or `/route/{tenant}`.
    case route(tenant: String?)
    case openAPI
    case other

    init(_ path: UnsafeRawBufferPointer) {
        if path.spells("/route") {
            self = .route(tenant: nil)
            return
        }
        let end = path.firstIndex(of: UInt8(ascii: "?")) ?? path.count
        let path = UnsafeRawBufferPointer(rebasing: path[..<end])
        if path.spells("/route") || path.spells("/route/") {
            self = .route(tenant: nil)
        } else if path.spells("/openapi.json") {
            self = .openAPI
        } else if path.count > 7, path.count < 80, UnsafeRawBufferPointer(rebasing: path[..<7]).spells("/route/") {
            self = .route(tenant: String(decoding: path[7...], as: UTF8.self))
        } else {
            self = .other
        }
    }
}
