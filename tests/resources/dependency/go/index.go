package function

import "github.com/Masterminds/semver/v3"

func Main(req Request, res Response) Response {
	version, err := semver.StrictNewVersion(req.Payload)
	if err != nil {
		return res.Send(err.Error(), 400)
	}
	wanted, err := semver.NewConstraint("^1.2")
	if err != nil {
		panic(err)
	}
	return res.JSON(map[string]any{"version": version.String(), "compatible": wanted.Check(version)})
}
