import Foundation

/// The fields of a token request; credentials may come by HTTP Basic instead. Unknown fields do no harm.
struct SignInForm {
    private var fields: [String: String] = [:]

    init(_ request: SandboxRequest) {
        for (name, value) in URLText.pairs(String(decoding: request.body, as: UTF8.self)) { fields[name] = value }
        guard let authorization = request.headers["Authorization"], authorization.lowercased().hasPrefix("basic "),
            let data = Data(base64Encoded: authorization.dropFirst(6).trimmed)
        else { return }
        let pair = String(decoding: data, as: UTF8.self)
        guard let colon = pair.firstIndex(of: ":") else { return }
        fields["client_id"] = URLText.decode(pair[..<colon], plusIsBlank: true)
        fields["client_secret"] = URLText.decode(pair[pair.index(after: colon)...], plusIsBlank: true)
    }

    /// Nil for a field that is missing or empty.
    subscript(name: String) -> String? {
        guard let value = fields[name], !value.isEmpty else { return nil }
        return value
    }
}

/// Base64 for URLs, with and without padding.
enum Base64URL {
    static func encode(_ bytes: [UInt8]) -> String {
        String(
            Data(bytes).base64EncodedString().compactMap { character in
                switch character {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: character
                }
            })
    }

    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var standard = text.filter { $0 != "=" }.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        while standard.count % 4 != 0 { standard.append("=") }
        return Data(base64Encoded: String(standard)).map { Array($0) }
    }
}
