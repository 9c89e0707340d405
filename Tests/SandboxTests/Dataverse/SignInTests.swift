import Foundation
import Sandbox
import Testing

@Suite("The simulated sign-in")
struct SignInTests {
    let client = DataverseClient()
    let application = DataverseApplication.demo

    @Test("tells its endpoints in a discovery document, for the guid and for the domain")
    func discovery() async {
        for directory in [client.dataverse.configuration.directory, "demo.example"] {
            let answer = Answer(
                await client.dataverse.respond(
                    to: SandboxRequest(
                        method: "GET", path: "/\(directory)/v2.0/.well-known/openid-configuration", origin: DataverseClient.origin
                    )))
            #expect(answer.status == 200)
            #expect(
                answer.json["issuer"]?.string == "\(DataverseClient.origin)/\(client.dataverse.configuration.directory)/v2.0")
            #expect(answer.json["token_endpoint"]?.string == "\(DataverseClient.origin)/\(directory)/oauth2/v2.0/token")
            #expect(answer.json["authorization_endpoint"] != nil)
        }
    }

    @Test("takes either secret, in the body or by Basic, and ignores fields it does not know")
    func secrets() async {
        #expect(await client.signIn(["client_secret": "demo-secret-one", "client_info": "1"]).status == 200)
        #expect(await client.signIn(["client_secret": "demo-secret-two"]).status == 200)
        let basic = Data("\(application.clientID):demo-secret-two".utf8).base64EncodedString()
        let answer = await client.signIn([:], headers: ["Authorization": "Basic \(basic)"], dropping: ["client_id"])
        #expect(answer.status == 200)
        #expect(answer.json["token_type"] == "Bearer")
        let lifetime = answer.json["expires_in"]?.integer ?? 0
        #expect((3599...5400).contains(lifetime))
    }

    @Test(
        "refuses in the vendor's words",
        arguments: [
            (["client_secret": "wrong"], nil, 401, 7_000_215, "invalid_client"),
            (["client_secret": "old"], nil, 401, 7_000_222, "invalid_client"),
            (["client_id": "00000000-0000-0000-0000-000000000000"], nil, 400, 700_016, "unauthorized_client"),
            ([:], "nobody.example", 400, 90002, "invalid_request"),
            (["scope": "https://other.example/.default"], nil, 400, 500_011, "invalid_resource"),
            (["scope": "https://demo.crm4.localhost/user_impersonation"], nil, 400, 1_002_012, "invalid_scope"),
            (["grant_type": "password"], nil, 400, 70003, "unsupported_grant_type"),
        ] as [([String: String], String?, Int, Int64, String)])
    func refusals(fields: [String: String], directory: String?, status: Int, code: Int64, error: String) async {
        let client = DataverseClient { $0.applications[0].expiredSecrets = ["old"] }
        let answer = await client.signIn(["client_secret": "demo-secret-one"].merging(fields) { $1 }, directory: directory)
        #expect(answer.status == status)
        #expect(answer.json["error"]?.string == error)
        #expect(answer.json["error_codes"]?[0]?.integer == code)
        #expect(answer.json["error_description"]?.string?.hasPrefix("AADSTS\(code): ") == true)
    }

    @Test("lets nobody in without a token, with an expired one, or with one for another place")
    func tokens() async {
        let client = DataverseClient {
            $0.tokenLifetime = 60
            $0.resources = ["https://elsewhere.example"]
        }
        let missing = await client.send("GET", "WhoAmI", headers: ["Authorization": "Basic eA=="])
        #expect(missing.status == 401)
        #expect(missing.response.headers["WWW-Authenticate"]?.hasPrefix("Bearer authorization_uri=") == true)
        #expect(await client.get("WhoAmI").status == 200)
        client.clock.advance(61)
        #expect(await client.get("WhoAmI").status == 401)
        client.renew()
        #expect(await client.get("WhoAmI").status == 200)
        let foreign = await client.signIn(["client_secret": "demo-secret-one", "scope": "https://elsewhere.example/.default"])
        let token = foreign.json["access_token"]?.string ?? ""
        #expect(await client.send("GET", "WhoAmI", headers: ["Authorization": "Bearer \(token)"]).status == 401)
        client.dataverse.expireTokens()
        #expect(await client.get("WhoAmI").status == 401)
    }

    @Test("lets a token of an application without a user here in no further than 403")
    func stranger() async {
        let client = DataverseClient { $0.applications[0].userID = nil }
        let answer = await client.get("WhoAmI")
        #expect(answer.status == 403)
        #expect(answer.code == "0x80072560")
    }
}

@Suite("A client assertion")
struct ClientAssertionTests {
    let certificate: TestCertificate
    let client: DataverseClient
    let application = DataverseApplication.demo

    init() throws {
        let certificate = try TestCertificate()
        self.certificate = certificate
        client = DataverseClient { $0.applications[0].certificates = [certificate.pem] }
    }

    private var audience: String { "\(DataverseClient.origin)/\(client.dataverse.configuration.directory)/oauth2/v2.0/token" }

    private func claims(_ changes: (inout [String: Any]) -> Void = { _ in }) -> String {
        let now = Int(Date().timeIntervalSince1970)
        var claims: [String: Any] = [
            "aud": audience, "iss": application.clientID, "sub": application.clientID, "jti": UUID().uuidString, "nbf": now,
            "iat": now, "exp": now + 300,
        ]
        changes(&claims)
        return String(
            decoding: try! JSONSerialization.data(withJSONObject: claims, options: [.withoutEscapingSlashes]), as: UTF8.self)
    }

    private func signIn(header: String, claims: String, pss: Bool) async throws -> Answer {
        let assertion = try certificate.sign(header: header, claims: claims, pss: pss)
        return await client.signIn([
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "client_assertion": assertion,
        ])
    }

    @Test("signs in with PS256 as the vendor's page asks for it")
    func page() async throws {
        let answer = try await signIn(
            header: #"{"alg":"PS256","typ":"JWT","x5t#S256":"\#(certificate.sha256Thumbprint)"}"#, claims: claims(), pss: true)
        #expect(answer.status == 200, "\(answer.text)")
    }

    @Test("signs in as sign-in libraries write it: padded thumbprints, RS256, fractional times, no nbf")
    func libraries() async throws {
        let loose = claims {
            $0["nbf"] = nil
            $0["iat"] = Double($0["iat"] as! Int) + 0.25
            $0["exp"] = Double($0["exp"] as! Int) + 300.25
        }
        let answer = try await signIn(
            header: #"{"alg":"PS256","typ":"JWT","x5t#S256":"\#(certificate.sha256Thumbprint)=","x5c":["abc"]}"#, claims: loose,
            pss: true)
        #expect(answer.status == 200, "\(answer.text)")
        let old = try await signIn(
            header: #"{"alg":"RS256","typ":"JWT","kid":"x","x5t":"\#(certificate.sha1Thumbprint)="}"#, claims: loose, pss: false)
        #expect(old.status == 200, "\(old.text)")
    }

    @Test("is refused when anything about it is wrong")
    func refusals() async throws {
        let header = #"{"alg":"PS256","typ":"JWT","x5t#S256":"\#(certificate.sha256Thumbprint)"}"#
        let wrongAudience = try await signIn(
            header: header, claims: claims { $0["aud"] = "https://elsewhere.example" }, pss: true)
        #expect(wrongAudience.json["error_codes"]?[0] == 700_023)
        let expired = try await signIn(
            header: header, claims: claims { $0["exp"] = Int(Date().timeIntervalSince1970) - 400 }, pss: true)
        #expect(expired.json["error_codes"]?[0] == 700_024)
        let wrongPadding = try await signIn(header: header, claims: claims(), pss: false)
        #expect(wrongPadding.json["error_codes"]?[0] == 700_027)
        let stranger = try TestCertificate()
        let forged = try stranger.sign(header: header, claims: claims(), pss: true)
        let answer = await client.signIn([
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "client_assertion": forged,
        ])
        #expect(answer.json["error_codes"]?[0] == 700_027)
        let unknown = try await signIn(
            header: #"{"alg":"PS256","x5t#S256":"\#(stranger.sha256Thumbprint)"}"#, claims: claims(), pss: true)
        #expect(unknown.status == 401)
    }
}
