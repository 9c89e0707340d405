import Foundation

/// Discovery by user name, and the key for a password.
extension EnreachCloud {
    func discover(_ asked: EnreachRequest) throws(EnreachFailure) -> SandboxResponse {
        let name: String?
        switch asked.method {
        case "GET": name = asked.parameters["user"]
        case "POST": name = asked.bodyTexts["user"]
        default: throw EnreachFailure(405, "The method is not allowed here.")
        }
        guard let name, !name.isEmpty else { throw EnreachFailure(400, "The parameter user is missing.") }
        let account = account
        let known =
            name.lowercased() == account.userName.lowercased()
            || users.contains { $0.userName.lowercased() == name.lowercased() }
        var json = JSONBytes()
        json.array(known ? [name] : []) { json, name in
            json.object { json in
                json.key("siloName")
                json.value(configuration.siloName)
                json.key("username")
                json.value(name)
                json.key("apiEndpoint")
                json.value("\(asked.original.origin)\(configuration.apiPath)/")
                json.key("uiEndpoint")
                json.value("\(asked.original.origin)/Account/LogOn/?un=\(name)")
                json.key("authority")
                json.null()
                json.key("authorityIdPHint")
                json.null()
                json.key("basicAuthEndpoint")
                json.value("\(asked.original.origin)/Account/BasicLogOn/?un=\(name)")
            }
        }
        return SandboxResponse(json: json)
    }

    func authenticate(_ asked: EnreachRequest, userName: String) throws(EnreachFailure) -> SandboxResponse {
        guard asked.method == "POST" else { throw EnreachFailure(405, "The method is not allowed here.") }
        if faults.strike(.signInFails, on: .enreach, path: asked.original.path) != nil {
            throw EnreachFailure(401, "The user name or password is incorrect.")
        }
        let account = account
        let body = asked.bodyTexts
        guard userName.lowercased() == account.userName.lowercased(), body["password"] == account.password,
            (body["username"] ?? userName).lowercased() == userName.lowercased()
        else { throw EnreachFailure(401, "The user name or password is incorrect.") }
        var json = JSONBytes()
        json.object { json in
            json.key("SecretKey")
            json.value(account.secretKey)
            json.key("UserID")
            json.value(account.userID)
            json.key("UserName")
            json.value(account.userName)
        }
        return SandboxResponse(json: json)
    }
}
