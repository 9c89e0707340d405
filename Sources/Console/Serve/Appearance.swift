import HTTPTypes
import Hummingbird
import Operations

/// `POST /appearance`: light, dark or as the system has it, for this browser.
enum Appearance {
    static func add(to router: Router<ConsoleContext>, _ gate: RouteGate) {
        router.post("appearance") { request, context in
            var response = try await gate.form("/appearance", needs: .viewer, largest: 4096, request, context) { asked in
                .goTo(SignInPages.path(asked.query["to"]))
            }
            // The form was good when it answers with the way back; the theme itself was in it.
            let wanted = response.status == .seeOther ? Query(encoded: request.uri.query ?? "")["theme"].flatMap(Theme.init) : nil
            if let wanted {
                response.add(cookie: "\(Theme.cookie)=\(wanted.rawValue); Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax")
            }
            return response
        }
    }
}
