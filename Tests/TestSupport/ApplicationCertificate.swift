import Foundation

/// A self-signed certificate by which a test's application signs in to Dynamics, good for a hundred years, and its key. They guard nothing.
public enum ApplicationCertificate {
    /// Writes both into a folder of their own and returns their paths.
    public static func files() throws -> (certificate: String, key: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dynamics-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (first, second) = (folder.appending(path: "certificate.pem"), folder.appending(path: "key.pem"))
        try certificate.write(to: first, atomically: true, encoding: .utf8)
        try key.write(to: second, atomically: true, encoding: .utf8)
        return (first.path, second.path)
    }

    /// Writes a text into a file of its own.
    public static func file(_ text: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "dynamics-\(UUID().uuidString)")
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    public static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIDFTCCAf2gAwIBAgIUCy7nByVp2svg4z2EwLwlxpdImnswDQYJKoZIhvcNAQEL
        BQAwGTEXMBUGA1UEAwwOdHJ1bmtsaW5lIHRlc3QwIBcNMjYxMTIyMTIxODQzWhgP
        MjEyNjEwMjkxMjE4NDNaMBkxFzAVBgNVBAMMDnRydW5rbGluZSB0ZXN0MIIBIjAN
        BgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA5elDlbVgBUe9vFBYm054j+dAsysK
        NjbkTUNM8Rxd+pA17CBZ0Ub/oAUffCb1O56rSBCu1Hqp5lBGkbV3m95es+oRnko4
        5deg2pViWnBCiHJ6VlyIWczgPUoSUhVJiTeg1mR+IbTUwfUuy0KbLTKWBxt4E5FK
        mfPdgxmCWjtVBqTehuLRxL07yNodJpTyxvTuDROseXXisiPHZDscKWUuRt5LpceO
        N/q4UeK1kfBjtbEO0TWgFqXvPXYhO8b4hj2W/nsSPQsDxmcab3jAdMdxW4WOTijq
        6dqmyv/n9X4gP2Lg0Sexqly/nmHcaRvUAut12ZUgdVX6tPwdBJBZrQqm6QIDAQAB
        o1MwUTAdBgNVHQ4EFgQUMK2Llfb5oEqUry3KQBofpyco0n4wHwYDVR0jBBgwFoAU
        MK2Llfb5oEqUry3KQBofpyco0n4wDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0B
        AQsFAAOCAQEAIORYfUSjzvpf1m+ikCXpRwyw9ywbcRO2+jcB+NrcQR9InIhp0eMf
        1hsSYvTjXyVWLudDtmiV3px0zDEqyauqiXcV9SNyHDwlo58qVXyAroq+6tEvYVKO
        5VWTRtwwDjB2OaeBHnkHYZdCKYI4w9gKTK/EBrXMEaLDoJ2F6bVnOJnwlX70jwnD
        zzXrmwYNQDG4KvF7fjZWjVn5XAWGCXyoIbbsgWWjJ1+52Z8f9pMvBi5ssGdNRu8L
        SaJ2GqhikLve8TOAh4x5gkCdqwq3gch0+cRsKrK/368xdwEK9iANsLAgDtjxT8Um
        H2N9oF0DkQSStTOK5nmuM66HZi/YGVJAJA==
        -----END CERTIFICATE-----

        """

    public static let key = """
        -----BEGIN PRIVATE KEY-----
        MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDl6UOVtWAFR728
        UFibTniP50CzKwo2NuRNQ0zxHF36kDXsIFnRRv+gBR98JvU7nqtIEK7UeqnmUEaR
        tXeb3l6z6hGeSjjl16DalWJacEKIcnpWXIhZzOA9ShJSFUmJN6DWZH4htNTB9S7L
        QpstMpYHG3gTkUqZ892DGYJaO1UGpN6G4tHEvTvI2h0mlPLG9O4NE6x5deKyI8dk
        OxwpZS5G3kulx443+rhR4rWR8GO1sQ7RNaAWpe89diE7xviGPZb+exI9CwPGZxpv
        eMB0x3FbhY5OKOrp2qbK/+f1fiA/YuDRJ7GqXL+eYdxpG9QC63XZlSB1Vfq0/B0E
        kFmtCqbpAgMBAAECggEAE/ehCMK+kt7S7eSteVmEk3ziS904TxKP29z1NPiBefYl
        1LrPiiMoJsHjJOFuSW4DkqfuQyJfGJNOua9gsq8KmwYAXzazf9StEebI6rFWuep1
        UQRKzD/EltYUxr+2Cf6Ej7IdGTjPBIRSetEvUGrVCEt8r3heGgZJre3cehEulnu3
        c1UwRmNqVhbJcTb09J4a5GFg7rEMzYjBysf245iMQvLOqo3xBJFu5WSegfQ8Y7fB
        DaTN+e5BdRXty4F+P4tVjtcr2i5qvP+k0L5Ueh8YgeaBkaZbSJycRnzEOpf7uwG0
        24+S6Ugj85ETtAWsLo5ciSH92DEI6S0gWoiBdn8MHQKBgQD74znVKndJV23z5G6Q
        TiKrfXO4hw6TTj1msbMn/Oa4yODwyqarorOWcK5GS0fqQYlhVt7DcK7zVIGJZv6g
        +saVnJcnMYWuO/w0yeNR7Mw5Nq1CsxwXWY6ciPS102mUp+X09C43RDPqrrf2GtT7
        +DVU9SvmbDT4MtdqOhOrzSm0vQKBgQDpqi/S9hvFSRsiDPrfZK4TRJoDWTYdyaLU
        WuGQRr253oIONaEcwswTaoJC4UpmaGuxmRCz+mkegTWANbIlPGQTmgMC5qCVMt/Y
        u2zI53cMJ/4iSXQHrsBhD1dSUhtG/Y5EJyr0WbiOyN6RNyFVuIkrYiqkRnYGEDbH
        KJYGLSB7nQKBgQCtWsUCoCdYooNZx20Qg7X4sG5kIQ828jHv63yRmMxxgE7Paakr
        lt5iO0q1tjnYTyJti4vkljjR3ucH2YqE4BKsBQlCQCLwtvfsnMWGLKKg/bBgp0Q+
        DbTIprlEKiwP0z3ASA1Gm/nfGkAhcHYEs96AifucqfwKlXML+MxxANIjQQKBgFOH
        pzj/CcZo7+4oPbaGQ0RYDcaMqa/UWQUYx/HPmBtN06hIu6OQb2uxc4d9Ch+5zGXc
        lgAA0Hs7LWj7yQdOo2fuco0i7NzpJuRPfAAF3qTV1x9iqrvkWJlZ5pljCKVEFwt+
        BPj86eEBJa87ygrewQplOWEoXyCjwzFG7PqgPzBxAoGBAPoSOHycIo1Lt9sM9GqW
        Y9g46Ts9t2I9UieZDNF/qUHgg9nEpk+Vai7FfaFksawEmm4eQYrVXkerA8g4YdAq
        /fl4avUOT0QXbR8BcynJjBp3JCc57DLtkptwQpM5OAe40zByZ0kta2TTYpg6UXjc
        CqvmbsdA3qlEd2040WPf2+5u
        -----END PRIVATE KEY-----

        """
}
