import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Model
import NIOCore
import Runtime
import Tenants

/// `/odata/{tenant}/`: the callback lists as an OData v4 service that Dynamics' own provider reads for the virtual table.
///
/// Reads only: whoever writes is told 405. Each tenant has a key of its own, made from the configured secret; it changes with that one's file.
struct CallbackListRoute: Sendable {
    private let book: TenantBook
    private let store: CallbackListStore
    /// Reads the lists; has to run.
    let cache: CallbackListCache
    private let secret: @Sendable () -> String
    private let logger: Logger

    static let keyHeader = HTTPField.Name("X-Api-Key")!
    static let preferHeader = HTTPField.Name("Prefer")!
    static let appliedHeader = HTTPField.Name("Preference-Applied")!

    /// - Parameter secret: what the tenants' keys are made from.
    init(
        book: TenantBook, store: CallbackListStore, cache: CallbackListCache, logger: Logger,
        secret: @escaping @Sendable () -> String
    ) {
        self.book = book
        self.store = store
        self.cache = cache
        self.logger = logger
        self.secret = secret
    }

    /// Nil: no key is configured, so nothing is served.
    init?(_ context: ProgramContext, book: TenantBook) throws(ConfigurationError) {
        guard let secret = try context.configuration.optional(CallbackSyncKeys.odataKey) else { return nil }
        self.init(
            book: book, store: CallbackListStore(database: context.database, book: book),
            cache: CallbackListCache(
                fresh: try context.configuration.value(CallbackSyncKeys.odataFresh),
                stale: try context.configuration.value(CallbackSyncKeys.odataStale)), logger: context.logger,
            secret: { secret.current().reveal() })
    }

    func add(to server: HealthServer) {
        server.addRoutes { router in
            for method in [HTTPRequest.Method.get, .head, .post, .patch, .put, .delete] {
                for path: RouterPath in ["odata/:tenant", "odata/:tenant/**"] {
                    router.on(path, method: method) { request, context in
                        let rest = context.parameters.getCatchAll().joined(separator: "/")
                        var answer = await answer(
                            request.method, tenant: context.parameters.get("tenant") ?? "", path: rest,
                            query: request.uri.query ?? "", key: request.headers[Self.keyHeader],
                            host: request.head.authority ?? "localhost", scheme: Self.scheme(request),
                            pageSize: Self.pageSize(request.headers[Self.preferHeader]))
                        if request.method == .head { answer.body = [] }
                        return Self.response(answer)
                    }
                }
            }
        }
    }

    struct Answer: Sendable {
        var status: HTTPResponse.Status
        var body: [UInt8]
        var type = "application/json;odata.metadata=minimal;charset=utf-8"
        var isStale = false
        /// As asked for, where that was honoured.
        var pageSize: Int?
    }

    /// What is answered. `path` is what follows the tenant, percent-decoded or not.
    func answer(
        _ method: HTTPRequest.Method, tenant: String, path: String, query: String, key shown: String?, host: String,
        scheme: String = "https", pageSize: Int? = nil
    ) async -> Answer {
        guard CallbackListKey.isKey(shown ?? "", of: tenant, secret: secret()), let connection = book.connection(named: tenant)
        else {
            return Self.failed(.unauthorized, "Unauthorized", "Show the tenant's key in X-Api-Key.")
        }
        guard method == .get || method == .head else {
            return Self.failed(.methodNotAllowed, "ReadOnly", "The callback lists can only be read; they are kept in Enreach.")
        }
        let root = "\(scheme)://\(host)/odata/\(tenant)/"
        let path = (path.removingPercentEncoding ?? path).split(separator: "/").joined(separator: "/")
        switch path {
        case "": return Answer(status: .ok, body: CallbackListSet.service(root: root))
        case "$metadata": return Answer(status: .ok, body: Array(CallbackListSet.metadata.utf8), type: "application/xml")
        default: return await read(path, query, root, pageSize, tenant, connection)
        }
    }

    private func read(
        _ path: String, _ query: String, _ root: String, _ pageSize: Int?, _ tenant: String, _ connection: TenantConnection
    ) async -> Answer {
        guard let target = Target(path) else {
            return Self.failed(.notFound, "NotFound", "Resource not found for the segment '\(path)'.")
        }
        do {
            let options = try ODataOptions(query: query, columns: CallbackListSet.columns)
            let known = try await cache.lists(of: tenant) { try await store.lists(of: tenant, connection) }
            switch target {
            case .all:
                return Answer(
                    status: .ok,
                    body: CallbackListSet.page(known.lists, options, root: root, size: pageSize ?? CallbackListSet.mostRows),
                    isStale: known.isStale, pageSize: pageSize)
            case .count:
                let matching = known.lists.count { options.filter?.matches($0.row) ?? true }
                return Answer(status: .ok, body: Array(String(matching).utf8), type: "text/plain", isStale: known.isStale)
            case .one(let id):
                guard let list = known.lists.first(where: { $0.id == id }) else {
                    return Self.failed(.notFound, "NotFound", "There is no callback list \(id.lowercase).")
                }
                return Answer(
                    status: .ok, body: CallbackListSet.entity(list, options, root: root), isStale: known.isStale)
            }
        } catch let refusal as ODataOptions.Refusal {
            return refusal.isUnsupported
                ? Self.failed(.notImplemented, "NotImplemented", refusal.message)
                : Self.failed(.badRequest, "BadRequest", refusal.message)
        } catch {
            logger.warning("The callback lists could not be read", metadata: ["tenant": "\(tenant)", "error": "\(error)"])
            return Self.failed(.serviceUnavailable, "Unavailable", "Enreach can't be asked for its callback lists now.")
        }
    }

    private enum Target {
        case all, count
        case one(UUID)

        /// `CallbackLists`, `CallbackLists/$count`, `CallbackLists(<guid>)`, the guid with or without its name or quotes.
        init?(_ path: String) {
            let name = CallbackListSet.name
            if path == name || path == name + "()" {
                self = .all
            } else if path == name + "/$count" {
                self = .count
            } else if path.hasPrefix(name + "("), path.hasSuffix(")") {
                let key = path.dropFirst(name.count + 1).dropLast()
                let value = key.hasPrefix("Id=") ? key.dropFirst(3) : key
                guard let id = UUID(uuidString: value.filter { $0 != "'" }) else { return nil }
                self = .one(id)
            } else {
                return nil
            }
        }
    }

    private static func failed(_ status: HTTPResponse.Status, _ code: String, _ message: String) -> Answer {
        Answer(status: status, body: CallbackListSet.failure(code, message))
    }

    /// Links lead back the way the request came: through the proxy, if it says so.
    private static func scheme(_ request: Request) -> String {
        let forwarded = request.headers[HTTPField.Name("X-Forwarded-Proto")!]?.lowercased()
        if let forwarded, ["http", "https"].contains(forwarded) { return forwarded }
        let host = request.head.authority?.split(separator: ":").first.map(String.init) ?? ""
        // Dynamics itself comes by HTTPS only, and so through a proxy; whoever comes directly is on this machine.
        return ["127.0.0.1", "localhost"].contains(host) ? "http" : "https"
    }

    /// `odata.maxpagesize=50` among the preferences, with or without its namespace.
    static func pageSize(_ preferences: String?) -> Int? {
        for preference in (preferences ?? "").split(separator: ",") {
            let parts = preference.filter { $0 != " " }.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, ["odata.maxpagesize", "maxpagesize"].contains(parts[0].lowercased()),
                let size = Int(parts[1]),
                size > 0
            else { continue }
            return min(size, CallbackListSet.mostRows)
        }
        return nil
    }

    static let versionHeader = HTTPField.Name("OData-Version")!

    private static func response(_ answer: Answer) -> Response {
        var headers: HTTPFields = [.contentType: answer.type, versionHeader: "4.0", .cacheControl: "no-store"]
        if answer.status == .methodNotAllowed { headers[.allow] = "GET, HEAD" }
        if let size = answer.pageSize { headers[appliedHeader] = "odata.maxpagesize=\(size)" }
        if answer.isStale { headers[HTTPField.Name("Warning")!] = "110 - \"Response is Stale\"" }
        return Response(status: answer.status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}
